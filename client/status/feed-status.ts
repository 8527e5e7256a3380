import type { FeedState } from '../../contracts/feed-state.ts';
import type { Counts } from '../../contracts/counts.ts';
import type { StoredFeed } from '../../watch/look-at-elasticsearch.ts';
import type { RunLook } from '../../watch/look-at-run.ts';
import type { ScheduleLook } from '../../watch/look-at-schedule.ts';
import type { FailedRuns } from '../../watch/look-at-temporal.ts';
import type { FeedLook } from '../../watch/to-feed-look.ts';

/** Status of a feed; an element of `feeds` in the output of `tcsync status --json`. */
export type FeedStatus = {
  feed: string;
  /**
   * `current`: a run has committed. `loading`: no run has committed yet, but one is open or has saved progress.
   * `empty`: neither. `unknown`: Elasticsearch does not answer, or the saved state cannot be read.
   */
  load: 'current' | 'loading' | 'empty' | 'unknown';
  /**
   * Age of the watermark in seconds: everything older than this is written. `null` if no run has committed or
   * Elasticsearch does not answer.
   */
  freshnessSeconds: number | null;
  /** Everything modified before this is written. */
  watermark: string | null;
  lastRun: {
    runId: string;
    committedAt: string;
    counts: Counts;
    late: number;
    /** One sentence for each thing that a person should look at. */
    attention: string[];
  } | null;
  /** Number of rejects that are still open; `null` if they cannot be counted. */
  openRejects: number | null;
  /** Saved progress of a run that failed or was cancelled. The next run continues there. */
  unfinished: { to: string; read: number; expected: number } | null;
  /** `null` if there is none or Temporal does not answer. */
  schedule: ScheduleLook | null;
  /** Runs that have failed since the last run without a failure; `null` if the last run did not fail. */
  failedRuns: FailedRuns | null;
  running: RunStatus[];
};

export type RunStatus = {
  workflowId: string;
  startedAt: string;
  /** Workflow id of the backfill whose span it reads; `null` if there is none. */
  parentId: string | null;
  /** True if it reads an explicit window or a backfill, and leaves the watermark as it is. */
  isApart: boolean;
  /** Why the run is paused; `null` if it is not paused or no worker answers. */
  paused: string | null;
  /** Records read so far and expected in total; `null` until the window is open, or if no worker answers. */
  records: { read: number; expected: number } | null;
  /** Current and maximum number of records per page, and number of lanes; `null` as above. */
  reads: { pageSize: number; pageSizeMax: number; lanes: number } | null;
  /** Names of the pending activities, such as `planSlices` or `syncPage`. */
  activities: string[];
};

export function toFeedStatus(
  { name, stored, openRejects, temporal }: FeedLook,
  atMs: number,
): FeedStatus {
  const { state = null, unfinished = null } = stored ?? {};
  const read = state === 'unreadable' ? null : state;
  const running = temporal?.running ?? [];
  return {
    feed: name,
    load: loadOf(
      stored,
      running.some(({ isApart }) => !isApart),
    ),
    freshnessSeconds:
      read === null ? null : Math.round((atMs - Date.parse(read.watermark)) / 1_000),
    watermark: read?.watermark ?? null,
    lastRun: toLastRun(read),
    openRejects,
    unfinished: toUnfinished(unfinished, read?.watermark ?? null),
    schedule: temporal?.schedule ?? null,
    failedRuns: temporal?.failed ?? null,
    running: running.map(toRunStatus),
  };
}

function loadOf(stored: StoredFeed | null, isRunning: boolean): FeedStatus['load'] {
  if (stored === null || stored.state === 'unreadable') return 'unknown';
  if (stored.state !== null && stored.state.last_run !== null) return 'current';
  return isRunning || stored.state !== null || stored.unfinished !== null ? 'loading' : 'empty';
}

function toLastRun(state: FeedState | null): FeedStatus['lastRun'] {
  if (state === null || state.last_run === null) return null;
  const { run_id: runId, committed_at: committedAt, counts, late, attention } = state.last_run;
  return { runId, committedAt, counts, late, attention };
}

function toUnfinished(
  unfinished: StoredFeed['unfinished'],
  watermark: string | null,
): FeedStatus['unfinished'] {
  if (unfinished === null || unfinished === 'unreadable') return null;
  const { window, counts, expected } = unfinished.progress;
  // otherwise another run has read the window in the meantime
  const isOpen = watermark === null || window.to > watermark;
  return isOpen ? { to: window.to, read: counts.read, expected } : null;
}

function toRunStatus(look: RunLook): RunStatus {
  const { workflowId, startedAt, parentId, isApart, paused, progress, activities } = look;
  return {
    workflowId,
    startedAt,
    parentId,
    isApart,
    paused,
    activities: [...new Set(activities)],
    ...(progress === null
      ? { records: null, reads: null }
      : {
          records: { read: progress.counts.read, expected: progress.expected },
          reads: {
            pageSize: progress.pageSize,
            pageSizeMax: progress.pageSizeMax,
            lanes: progress.lanes,
          },
        }),
  };
}
