import type { Client } from '@elastic/elasticsearch';
import { SinkMisconfiguredError, StreamReplacedError } from '../../contracts/errors.ts';
import { isSameStream } from '../../window/same-data.ts';
import { atSink } from './sink-error.ts';

/** The backing indices of a data stream, the write index last; empty if there is no such stream. */
export async function streamIndices(
  sink: Client,
  name: string,
  signal: AbortSignal,
): Promise<{ name: string; uuid: string }[]> {
  const answer = await atSink(`GET _data_stream/${name}`, signal, () =>
    sink.indices.getDataStream({ name }, { signal, ignore: [404] }),
  );
  const [stream] = answer.data_streams ?? [];
  return (stream?.indices ?? []).map(({ index_name, index_uuid }) => ({
    name: index_name,
    uuid: index_uuid,
  }));
}

/**
 * UUIDs of all backing indices of a data stream. They identify it: a stream that was deleted and created again, or
 * restored from a snapshot, has the same name and none of these UUIDs. Empty if there is no such stream.
 *
 * @see https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-get-data-stream
 */
export async function backingIndices(
  sink: Client,
  name: string,
  signal: AbortSignal,
): Promise<string[]> {
  return (await streamIndices(sink, name, signal)).map(({ uuid }) => uuid);
}

/**
 * Creates the data stream if it does not exist, so that its identity is known before anything is written. If the
 * privilege for that is missing, the first document creates it.
 *
 * @param template its index template. Without it, Elasticsearch's own template for `logs-*-*` creates the stream, which
 *   then has no final pipeline: the transform would never see a document of it
 * @throws {SinkMisconfiguredError} if neither the stream nor the template exists
 */
export async function ensureStream(
  sink: Client,
  name: string,
  template: string,
  signal: AbortSignal,
): Promise<string[]> {
  const found = await backingIndices(sink, name, signal);
  if (found.length > 0) return found;
  await requireTemplate(sink, name, template, signal);
  await atSink(`PUT _data_stream/${name}`, signal, () =>
    sink.indices.createDataStream({ name }, { signal, ignore: [400, 403, 404] }),
  );
  return backingIndices(sink, name, signal);
}

async function requireTemplate(
  sink: Client,
  stream: string,
  template: string,
  signal: AbortSignal,
): Promise<void> {
  const exists = await atSink(`HEAD _index_template/${template}`, signal, () =>
    // without the privilege to look (403) the answer counts as yes
    sink.indices.existsIndexTemplate({ name: template }, { signal, ignore: [403] }),
  );
  if (exists) return;
  throw new SinkMisconfiguredError(
    `neither the data stream ${stream} nor its index template ${template} exists: \`tcsync apply\` creates both`,
  );
}

/** @throws {StreamReplacedError} if the stream that the run has written to no longer exists */
export function requireSameStream(
  name: string,
  known: readonly string[],
  now: readonly string[],
): void {
  if (isSameStream(known, now)) return;
  throw new StreamReplacedError(
    `the data stream ${name} is not the one that this run has written to: it was deleted, or restored from a snapshot, ` +
      'meanwhile; the next run reads everything again',
  );
}
