import { toSelection } from '../../activities/threatconnect/selection.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { Feed } from '../../config/config.ts';
import type { Slice } from '../../contracts/window.ts';

/** Measurements of one small page, requested in the same way as a run requests its pages. */
export type Sample = { records: number; meanBytes: number; tookMs: number };

const SAMPLE_RECORDS = 100;

/** @returns `null` if there is nothing to read */
export async function takeSample(
  source: ThreatConnect,
  feed: Feed,
  [range]: readonly Slice[],
  pageSize: number,
  signal: AbortSignal,
): Promise<Sample | null> {
  if (range === undefined) return null;
  let bytes = 0;
  const startedMs = performance.now();
  const { records } = await source.page(
    toSelection(feed, range),
    { fields: feed.fields, limit: Math.min(SAMPLE_RECORDS, pageSize) },
    async (found) => {
      for (const record of found) bytes += record.bytes;
    },
    signal,
  );
  const tookMs = Math.round(performance.now() - startedMs);
  return records === 0 ? null : { records, meanBytes: Math.round(bytes / records), tookMs };
}
