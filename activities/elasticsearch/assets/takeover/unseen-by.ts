import type { Client } from '@elastic/elasticsearch';
import { writtenSince } from '../../written-since.ts';

/** Number of documents of a data stream that a transform has not read; all if it has read none, or does not exist. */
export async function unseenBy(
  sink: Client,
  transform: string,
  stream: string,
  signal: AbortSignal,
): Promise<number> {
  const { transforms } = await sink.transform.getTransformStats(
    { transform_id: transform },
    { signal },
  );
  const fromMs = transforms[0]?.checkpointing.last?.time_upper_bound_millis ?? 0;
  return (await writtenSince(sink, { index: stream, fromMs }, signal)).count;
}
