import type { Client } from '@elastic/elasticsearch';
import { dataStream } from '../../../../contracts/names.ts';
import { LATEST_CONSTANT_FIELDS } from '../../../../mapping/field-table.ts';
import type { FoundStats } from './requests.ts';

const DELETED_AT = 'threat_connect.indicator.deleted_at';

/** A transform deletes them a minute after their time, with its next checkpoint. */
const EXPIRED_SINCE = 'now-10m';

const HEARTBEAT = 'tcsync-heartbeat';

/** Counts the indicators in the latest index that the transform should have deleted. */
export async function expiredDocuments(
  sink: Client,
  index: string,
  signal: AbortSignal,
): Promise<number> {
  const { count } = await sink.count(
    { index, ignore_unavailable: true, query: { range: { [DELETED_AT]: { lt: EXPIRED_SINCE } } } },
    { signal },
  );
  return count;
}

/**
 * Writes a document that makes a transform work. A transform deletes expired documents only when new ones arrive, so on
 * a quiet stream they would stay for ever. The heartbeat has expired already: the checkpoint that copies it deletes it
 * too. It has nothing that a reader looks for in an indicator, and one key for all of them. There is one for each
 * checkpoint, so that two installers write the same one.
 */
export async function writeHeartbeat(
  sink: Client,
  namespace: string,
  { checkpointing }: FoundStats,
  signal: AbortSignal,
): Promise<void> {
  const lastMs = checkpointing.last.timestamp_millis ?? 0;
  const at = new Date(lastMs).toISOString();
  await sink.create(
    {
      index: dataStream(namespace),
      id: `${HEARTBEAT}-${lastMs}`,
      require_data_stream: true,
      document: {
        '@timestamp': at,
        message: 'Lets the transform delete expired indicators; it is deleted at the same time',
        data_stream: {
          type: LATEST_CONSTANT_FIELDS['data_stream.type'],
          dataset: LATEST_CONSTANT_FIELDS['data_stream.dataset'],
          namespace,
        },
        event: {
          kind: 'event',
          action: HEARTBEAT,
          id: HEARTBEAT,
          module: LATEST_CONSTANT_FIELDS['event.module'],
          dataset: LATEST_CONSTANT_FIELDS['event.dataset'],
          created: at,
        },
        threat_connect: { indicator: { id: HEARTBEAT, deleted_at: new Date(0).toISOString() } },
      },
    },
    { signal, ignore: [409] },
  );
}
