import type { MetricMeter } from '@temporalio/common';
import type { Counts } from '../contracts/counts.ts';
import { ASSET_STATES } from '../contracts/reconcile-assets-input.ts';
import type { SourceObserver } from '../activities/threatconnect/http.ts';
import { FINDING_KINDS, type Finding } from '../watch/finding.ts';
import type { Look } from '../watch/look.ts';
import { toFeedLook } from '../watch/to-feed-look.ts';
import { valueOf } from '../watch/tried.ts';

/** Upper bounds in seconds; the default buckets of the SDK end at ten. */
export const BUCKETS: Record<string, number[]> = {
  // an attempt at a page may take minutes
  tcsync_page_seconds: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900],
  // TC_HTTP_TIMEOUT is 4 minutes at most
  tcsync_source_request_seconds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240],
  tcsync_source_wait_seconds: [0.01, 0.1, 1, 10, 60],
};

/** Outcomes of a record that was read. */
const OUTCOMES = ['created', 'duplicate', 'rejected', 'ended', 'inactive'] as const;

/** The program's own metrics; `docs/metrics.md` describes each. The exporter adds `_total` to counters. */
export type Metrics = ReturnType<typeof createMetrics>;

/** @param feeds whose counters start at 0: Prometheus sees no increase if a series appears with its first reject */
export function createMetrics(meter: MetricMeter, feeds: readonly string[]) {
  const freshness = meter.createGauge(
    'tcsync_feed_freshness_seconds',
    'float',
    '',
    'Age of the watermark: everything that was modified earlier is in Elasticsearch',
  );
  const loaded = meter.createGauge(
    'tcsync_feed_loaded',
    'int',
    '',
    '1 once the feed has a watermark, 0 before its first load has ended',
  );
  const records = meter.createCounter('tcsync_records', '', 'Records that were read, by outcome');
  for (const feed of feeds) for (const outcome of OUTCOMES) records.add(0, { feed, outcome });
  const pageSeconds = meter.createHistogram(
    'tcsync_page_seconds',
    'float',
    '',
    'Time from a page’s start to its last acknowledged write',
  );
  const failures = meter.createCounter(
    'tcsync_failed_attempts',
    '',
    'Attempts at an activity that failed, by failure type',
  );
  const requestSeconds = meter.createHistogram(
    'tcsync_source_request_seconds',
    'float',
    '',
    'Time from a request to ThreatConnect to the head of its answer',
  );
  const waitSeconds = meter.createHistogram(
    'tcsync_source_wait_seconds',
    'float',
    '',
    'How long requests to ThreatConnect waited for their turn (TC_REQUESTS_PER_SECOND)',
  );
  const bytes = meter.createCounter(
    'tcsync_source_bytes',
    '',
    'Bytes of answers received from ThreatConnect',
  );
  const sinkRequests = meter.createCounter(
    'tcsync_sink_requests',
    '',
    'Requests to Elasticsearch, by status',
  );
  const findings = meter.createGauge(
    'tcsync_findings',
    'int',
    '',
    'Findings that need a person, by kind: the same as tcsync status',
  );
  const assets = meter.createGauge(
    'tcsync_assets',
    'int',
    '',
    'Assets in Elasticsearch by their state in the last reconciliation',
  );
  const transformRunning = meter.createGauge(
    'tcsync_transform_running',
    'int',
    '',
    '1 while the transform of the latest index is started and has not failed, else 0',
  );
  const transformBehind = meter.createGauge(
    'tcsync_transform_behind_documents',
    'int',
    '',
    'Documents of the data stream that the transform has not seen',
  );
  const transformLag = meter.createGauge(
    'tcsync_transform_lag_seconds',
    'float',
    '',
    'How long the oldest document has waited for the transform; 0 if none waits',
  );
  const schedulePaused = meter.createGauge(
    'tcsync_schedule_paused',
    'int',
    '',
    '1 while the Schedule of the feed is paused or missing, else 0',
  );
  const failedRuns = meter.createGauge(
    'tcsync_failed_runs',
    'int',
    '',
    'Runs that have failed since the last successful one',
  );
  const failingSeconds = meter.createGauge(
    'tcsync_failing_seconds',
    'float',
    '',
    'How long ago the first of these runs failed; 0 if the last run did not fail',
  );
  const openRejects = meter.createGauge(
    'tcsync_open_rejects',
    'int',
    '',
    'Rejected records that are not written yet',
  );
  const source: SourceObserver = {
    answered: (status, waitedMs, tookMs) => {
      waitSeconds.record(waitedMs / 1_000);
      requestSeconds.record(tookMs / 1_000, { status: status ?? 'none' });
    },
    received: (count) => bytes.add(count),
  };
  return {
    source,
    /** @param ageMs age of the watermark; `null` if there is none yet */
    fresh: (feed: string, ageMs: number | null) => {
      loaded.set(ageMs === null ? 0 : 1, { feed });
      if (ageMs !== null) freshness.set(Math.max(ageMs, 0) / 1_000, { feed });
    },
    /** @param found the findings about it */
    seen: (seen: Look, found: readonly Finding[], feeds: readonly string[]) => {
      for (const kind of FINDING_KINDS) {
        const isOf = (each: Finding) => each.kind === kind && each.severity === 'attention';
        findings.set(found.filter(isOf).length, { kind });
      }
      const result = valueOf(seen.temporal)?.assets.last?.result;
      if (result !== undefined && 'reports' in result) {
        for (const state of ASSET_STATES) {
          const { length } = result.reports.filter((report) => report.state === state);
          assets.set(length, { state });
        }
      }
      const secondsSince = (since: string | null) =>
        since === null ? 0 : Math.max(seen.atMs - Date.parse(since), 0) / 1_000;
      const stored = valueOf(seen.elasticsearch);
      const latest = stored && valueOf(stored.latest);
      if (latest !== null) {
        const { state, behindDocuments, behindSince } = latest;
        transformRunning.set(state === 'started' || state === 'indexing' ? 1 : 0);
        transformBehind.set(behindDocuments);
        transformLag.set(secondsSince(behindSince));
      }
      for (const feed of feeds) {
        const { openRejects: rejects, temporal } = toFeedLook(seen, feed);
        if (rejects !== null) openRejects.set(rejects, { feed });
        if (temporal === null) continue;
        const { schedule, failed } = temporal;
        schedulePaused.set(schedule === null || schedule.paused ? 1 : 0, { feed });
        failedRuns.set(failed?.count ?? 0, { feed });
        failingSeconds.set(secondsSince(failed?.since ?? null), { feed });
      }
    },
    page: (feed: string, counts: Counts, tookMs: number) => {
      for (const outcome of OUTCOMES) records.add(counts[outcome] ?? 0, { feed, outcome });
      pageSeconds.record(tookMs / 1_000, { feed });
    },
    failed: (activity: string, type: string) => failures.add(1, { activity, type }),
    /** @param status `null` if no answer came */
    sinkAnswered: (status: number | null) => sinkRequests.add(1, { status: status ?? 'none' }),
  };
}
