import type { Client, estypes } from '@elastic/elasticsearch';
import type { AssetContext } from '../asset-context.ts';
import { parseDurationMs } from '../../../../contracts/duration.ts';
import type { FoundConfig } from './compare-config.ts';
import type { FoundStats } from './requests.ts';

/** Longest time for the work of a checkpoint; some seconds are usual. */
const WORK_MS = 30 * 60_000;

/** Age in seconds from which a document is late for the latest index. */
export function lateSeconds({
  transformDelay,
  transformFrequency,
}: Pick<AssetContext, 'transformDelay' | 'transformFrequency'>): number {
  const waitsMs =
    (parseDurationMs(transformDelay) ?? 0) + (parseDurationMs(transformFrequency) ?? 0);
  return Math.ceil((waitsMs + WORK_MS) / 1000);
}

/**
 * Counts the documents that a transform has to process and has not seen. The ages are measured by the clock of
 * Elasticsearch, which has stamped the documents.
 *
 * @param olderThanSeconds 0: all of them
 */
export async function unseenDocuments(
  sink: Client,
  found: FoundConfig,
  stats: FoundStats,
  olderThanSeconds: number,
  signal: AbortSignal,
): Promise<{ count: number; oldest: string | null }> {
  const field = syncField(found);
  const age = { range: { [field]: { lt: `now-${olderThanSeconds}s` } } };
  const { hits, aggregations } = await sink.search<unknown, { oldest: { value: number | null } }>(
    {
      index: found.source.index,
      ignore_unavailable: true,
      size: 0,
      track_total_hits: true,
      query: unseenQuery(found, stats, olderThanSeconds === 0 ? [] : [age]),
      aggs: { oldest: { min: { field } } },
    },
    { signal },
  );
  const count = typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);
  const oldestMs = aggregations?.oldest.value ?? null;
  return { count, oldest: oldestMs === null ? null : new Date(oldestMs).toISOString() };
}

/** The documents that a transform has to process and has not seen. */
export function unseenQuery(
  found: FoundConfig,
  { checkpointing }: FoundStats,
  others: readonly estypes.QueryDslQueryContainer[] = [],
): estypes.QueryDslQueryContainer {
  const { query } = found.source;
  const gte = checkpointing.last.time_upper_bound_millis ?? 0;
  return {
    bool: {
      filter: [
        { range: { [syncField(found)]: { gte, format: 'epoch_millis' } } },
        ...(query === undefined ? [] : [query]),
        ...others,
      ],
    },
  };
}

function syncField({ sync }: FoundConfig): string {
  return sync?.time?.field ?? 'event.ingested';
}
