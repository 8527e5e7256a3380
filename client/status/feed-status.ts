import type { FeedState } from '../../contracts/feed-state.ts';
import type { Counts } from '../../contracts/counts.ts';
import type { StoredFeed } from '../../watch/look-at-elasticsearch.ts';
import type { RunLook } from '../../watch/look-at-run.ts';
import type { FailedRuns, ScheduleLook } from '../../watch/look-at-temporal.ts';
import type { FeedLook } from '../../watch/to-feed-look.ts';

/** Where a feed stands; an element of `feeds` of `tcsync status --json`. */
export type FeedStatus = {
  feed: string;
  /**
   * `current`: a run has committed; `loading`: none has yet, and one is under way or has left something; `empty`:
   * neither; `unknown`: Elasticsearch does not answer, or not readably.
   */
  load: 'current' | 'loading' | 'empty' | 'unknown';
  /**
   * Age of the watermark in seconds: everything older than this is written. `null`: no run has committed, or
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
    /** What a person should look at, a sentence each. */
    attention: string[];
  } | null;
  /** Records that could not be written, and that nothing has come of yet. `null`: they cannot be counted. */
  openRejects: number | null;
  /** What a run has left that failed or was cancelled. The next run goes on there. */
  unfinished: { to: string; read: number; expected: number } | null;
  /** `null`: there is none, or Temporal does not answer. */
  schedule: ScheduleLook | null;
  /** Runs that have failed since the last one that did not; `null`: the last one has not failed. */
  failedRuns: FailedRuns | null;
  running: RunStatus[];
};

export type RunStatus = {
  workflowId: string;
  startedAt: string;
  /** Why it reads no page; `null`: it is not paused, or no worker answers. */
  paused: string | null;
  /** Records read so far and counted in all; `null` until its window is open, and where no worker answers. */
  records: { read: number; expected: number } | null;
  /** Records a page now and at best, and lanes; `null` as above. */
  reads: { pageSize: number; pageSizeMax: number; lanes: number } | null;
  /** What it is at: names of activities, such as `planSlices` or `syncPage`. */
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
    load: loadOf(stored, running.length > 0),
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
  // else another run has read it meanwhile
  const isOpen = watermark === null || window.to > watermark;
  return isOpen ? { to: window.to, read: counts.read, expected } : null;
}

function toRunStatus({ workflowId, startedAt, paused, progress, activities }: RunLook): RunStatus {
  return {
    workflowId,
    startedAt,
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
