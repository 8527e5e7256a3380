import type { Client } from '@elastic/elasticsearch';
import { StreamReplacedError } from '../../contracts/errors.ts';
import { isSameStream } from '../../window/same-data.ts';
import { atSink } from './sink-error.ts';

/** The backing indices of a data stream, the one that is written to last. None where there is no such stream. */
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
 * UUIDs of all backing indices of a data stream, by which it is known again: a stream that was deleted and made
 * anew, or restored from a snapshot, has the same name and none of them. None where there is no such stream.
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
 * Makes a data stream that is not there, so that what is written belongs to a stream that is known. Where that is
 * not allowed, the first document makes it.
 */
export async function ensureStream(
  sink: Client,
  name: string,
  signal: AbortSignal,
): Promise<string[]> {
  const found = await backingIndices(sink, name, signal);
  if (found.length > 0) return found;
  await atSink(`PUT _data_stream/${name}`, signal, () =>
    sink.indices.createDataStream({ name }, { signal, ignore: [400, 403, 404] }),
  );
  return backingIndices(sink, name, signal);
}

/** @throws {StreamReplacedError} where what was written is gone with the stream that it was written to */
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
