import type { Client, estypes } from '@elastic/elasticsearch';
import { atSink } from './sink-error.ts';

/** Documents that were written from a time on. */
export type Written = {
  index: string | string[];
  /** The field with the time at which a document was written. */
  field?: string;
  /** The time up to which a transform has read, epoch milliseconds; 0: it has read nothing. */
  fromMs: number;
  filter?: readonly estypes.QueryDslQueryContainer[];
};

export function writtenQuery({
  field = 'event.ingested',
  fromMs,
  filter = [],
}: Omit<Written, 'index'>): estypes.QueryDslQueryContainer {
  return {
    bool: { filter: [{ range: { [field]: { gte: fromMs, format: 'epoch_millis' } } }, ...filter] },
  };
}

/** Counts them. `oldest`: when the first of them was written, ISO 8601; `null` if there is none. */
export async function writtenSince(
  sink: Client,
  written: Written,
  signal: AbortSignal,
): Promise<{ count: number; oldest: string | null }> {
  const { index, field = 'event.ingested' } = written;
  const { hits, aggregations } = await atSink(`POST ${String(index)}/_search`, signal, () =>
    sink.search<unknown, { oldest: { value: number | null } }>(
      {
        index,
        ignore_unavailable: true,
        size: 0,
        track_total_hits: true,
        query: writtenQuery(written),
        aggs: { oldest: { min: { field } } },
      },
      { signal },
    ),
  );
  const count = typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);
  const oldestMs = aggregations?.oldest.value ?? null;
  return { count, oldest: oldestMs === null ? null : new Date(oldestMs).toISOString() };
}
