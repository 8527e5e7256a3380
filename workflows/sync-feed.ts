import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { progress } from '../contracts/messages.ts';
import type { SyncFeedProgress } from '../contracts/progress.ts';
import { SCHEDULED_AT, SCHEDULED_BY } from '../contracts/search-attributes.ts';
import { SyncFeedInput, type SyncFeedResult } from '../contracts/sync-feed-input.ts';
import { afterTuning } from './page-size.ts';
import { ATTEMPTS } from './retry-policy.ts';
import { parseInput } from './parse-input.ts';
import { readPage } from './read-page.ts';
import { CHECKPOINT_PAGES, readWindow } from './read-window.ts';
import { RunState, withoutStateAtItsEnd, type Steered } from './run-state.ts';
import { TEMPORAL } from './temporal-engine.ts';
import { isRead, toCommit, toProgress, toSave } from './to-progress.ts';

const { openWindow, planSlices, checkpointWindow, commitWindow } = proxyActivities<Activities>({
  ...ATTEMPTS,
  // several counts in sequence, each of which may take TC_HTTP_TIMEOUT
  startToCloseTimeout: '15 minutes',
});

const { saveProgress } = proxyActivities<Activities>({
  ...ATTEMPTS,
  startToCloseTimeout: '1 minute',
  // a cancelled run must end even if Elasticsearch is not reachable
  scheduleToCloseTimeout: '5 minutes',
});

const STEERED: Steered<SyncFeedProgress, SyncFeedProgress> = {
  query: progress,
  answer: (current) => current,
  details: ({ counts, expected }) =>
    `${counts.pages} pages, ${counts.read} of ${expected} records read`,
  afterTune: afterTuning,
  tuned: ({ pageSizeMax, lanes }) => ({ pageSize: pageSizeMax, lanes }),
};

type SyncRun = RunState<SyncFeedProgress, SyncFeedProgress>;

/**
 * Writes one window of a feed: opens it, cuts it into slices, reads them page by page on several lanes, and commits it.
 * A run that fails or is cancelled saves its progress for the next run.
 */
export function syncFeed(input: SyncFeedInput): Promise<SyncFeedResult> {
  return withoutStateAtItsEnd(() => sync(input));
}

async function sync(input: SyncFeedInput): Promise<SyncFeedResult> {
  const parsed = parseInput(SyncFeedInput, input);
  const { feed, resume: carried = null } = parsed;
  const run = new RunState(carried, STEERED);
  if (carried === null) run.update(await open(parsed));
  try {
    await readWindow(run, {
      feed,
      runId: firstRunId(),
      planSlices,
      readPage,
      checkpointWindow,
      checkpointPages: CHECKPOINT_PAGES,
      ending: () => workflowInfo().continueAsNewSuggested,
      ...TEMPORAL,
    });
    await run.released();
    if (isRead(run.current) && run.current.paused === null) return await commit(feed, run);
  } catch (error) {
    // after a bug nothing may be written into the history: the run continues from here once the bug is fixed
    if (!(error instanceof TemporalFailure)) throw error;
    await CancellationScope.nonCancellable(() => save(feed, run.current));
    throw error;
  }
  await condition(allHandlersFinished);
  return continueAsNew<typeof syncFeed>({ feed, resume: run.current });
}

async function open({
  feed,
  from,
  to,
  pageSize,
  lanes,
  sliceRecords,
}: SyncFeedInput): Promise<SyncFeedProgress> {
  const { typedSearchAttributes, startTime } = workflowInfo();
  const opened = await openWindow({
    feed: feed ?? 'default',
    from: from ?? null,
    to: to ?? null,
    pageSize: pageSize ?? null,
    lanes: lanes ?? null,
    scheduledAt: typedSearchAttributes.get(SCHEDULED_AT)?.toISOString() ?? null,
    scheduleId: typedSearchAttributes.get(SCHEDULED_BY) ?? null,
    startedAt: startTime.toISOString(),
  });
  return { ...toProgress(opened), sliceRecords };
}

async function commit(feed: string, run: SyncRun): Promise<SyncFeedResult> {
  const { window, configHash, counts, late, notes, attention } = run.current;
  const { watermark } = await commitWindow(toCommit(feed, firstRunId(), run.current));
  await condition(allHandlersFinished);
  return { window, configHash, counts, late, watermark, notes, attention };
}

async function save(feed: string, reached: SyncFeedProgress): Promise<void> {
  const input = toSave(feed, firstRunId(), reached);
  if (input === null) return;
  try {
    await saveProgress(input);
  } catch (error) {
    // the reason why the run ended matters more; the next run reads the window again
    log.warn('the progress of the run could not be saved', { feed, error });
  }
}

/** Stable over continue-as-new. */
function firstRunId(): string {
  return workflowInfo().firstExecutionRunId;
}
