import type { Client } from '@elastic/elasticsearch';

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
  const readTo = transforms[0]?.checkpointing.last?.time_upper_bound_millis ?? 0;
  const { count } = await sink.count(
    {
      index: stream,
      ignore_unavailable: true,
      query: { range: { 'event.ingested': { gte: readTo, format: 'epoch_millis' } } },
    },
    { signal },
  );
  return count;
}
