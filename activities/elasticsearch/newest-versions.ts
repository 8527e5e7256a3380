import type { Client, estypes } from '@elastic/elasticsearch';
import { dataStream, LATEST_ALIAS } from '../../contracts/names.ts';
import type { StoredVersion } from '../../mapping/write-again.ts';
import { atSink } from './sink-error.ts';

const CREATED = 'event.created';
const HASH = 'event.hash';
const TYPE = 'event.type';
const TIMESTAMP = '@timestamp';
const DELETED_AT = 'threat_connect.indicator.deleted_at';

/** What an indicator is to the latest index, by profile, and which of its versions is the newest. */
const IDENTITY = {
  enriched: { key: 'threat_connect.indicator.id', newest: CREATED },
  compatible: { key: 'event.id', newest: TIMESTAMP },
} as const;

/**
 * The newest stored version of each of some indicators, in the data stream and, for those that the stream no
 * longer holds, in the latest index. What was written within Elasticsearch's refresh interval cannot be seen.
 *
 * @param keys ids, or summaries in the profile `compatible`; at most 10,000
 */
export async function newestVersions(
  sink: Client,
  { namespace, profile }: { namespace: string; profile: keyof typeof IDENTITY },
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, StoredVersion>> {
  if (keys.length === 0) return new Map();
  const { key, newest } = IDENTITY[profile];
  const index = [dataStream(namespace), LATEST_ALIAS];
  const answer = await atSink(`POST ${index.join(',')}/_search`, signal, () =>
    sink.search(
      {
        index,
        ignore_unavailable: true, // the latest index may not be there yet
        query: {
          bool: {
            filter: [
              { terms: { [key]: [...keys] } },
              { term: { 'data_stream.namespace': namespace } },
            ],
          },
        },
        collapse: { field: key },
        sort: [{ [newest]: { order: 'desc', unmapped_type: 'date' } }],
        size: keys.length,
        _source: false,
        docvalue_fields: [
          key,
          HASH,
          TYPE,
          ...[CREATED, TIMESTAMP, DELETED_AT].map((field) => ({ field, format: 'epoch_millis' })),
        ],
        track_total_hits: false,
      },
      { signal },
    ),
  );
  return new Map(
    answer.hits.hits.flatMap((hit) => {
      const found = first(hit, key);
      return found === undefined ? [] : [[found, toStoredVersion(hit)] as const];
    }),
  );
}

function toStoredVersion(hit: estypes.SearchHit): StoredVersion {
  return {
    hash: first(hit, HASH) ?? null,
    timestampMs: Number(first(hit, TIMESTAMP)),
    deletedAtMs: toNumber(first(hit, DELETED_AT)),
    createdMs: toNumber(first(hit, CREATED)),
    isTombstone: (hit.fields?.[TYPE] as unknown[] | undefined)?.includes('deletion') ?? false,
  };
}

function first(hit: estypes.SearchHit, field: string): string | undefined {
  return (hit.fields?.[field] as string[] | undefined)?.[0];
}

function toNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
