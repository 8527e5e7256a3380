import type { Client, estypes } from '@elastic/elasticsearch';
import type { AssetContext } from '../asset-context.ts';
import { parseDurationMs } from '../../../../contracts/duration.ts';
import { writtenQuery, writtenSince } from '../../written-since.ts';
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
export function unseenDocuments(
  sink: Client,
  found: FoundConfig,
  stats: FoundStats,
  olderThanSeconds: number,
  signal: AbortSignal,
): Promise<{ count: number; oldest: string | null }> {
  const unseen = unseenBy(found, stats);
  const age = { range: { [unseen.field]: { lt: `now-${olderThanSeconds}s` } } };
  const filter = olderThanSeconds === 0 ? unseen.filter : [...unseen.filter, age];
  return writtenSince(sink, { index: found.source.index, ...unseen, filter }, signal);
}

/** The documents that a transform has to process and has not seen. */
export function unseenQuery(found: FoundConfig, stats: FoundStats): estypes.QueryDslQueryContainer {
  return writtenQuery(unseenBy(found, stats));
}

function unseenBy({ source: { query }, sync }: FoundConfig, { checkpointing }: FoundStats) {
  return {
    field: sync?.time?.field ?? 'event.ingested',
    fromMs: checkpointing.last.time_upper_bound_millis ?? 0,
    filter: query === undefined ? [] : [query],
  };
}
