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
import type { SaveProgressInput } from '../contracts/activities.ts';
import { progress } from '../contracts/messages.ts';
import type { SyncFeedProgress, UnfinishedSlice } from '../contracts/progress.ts';
import { SCHEDULED_AT, SCHEDULED_BY } from '../contracts/search-attributes.ts';
import { SyncFeedInput, type SyncFeedResult } from '../contracts/sync-feed-input.ts';
import { afterLook, afterPage } from './after-page.ts';
import { ATTEMPTS } from './retry-policy.ts';
import { runLanes } from './run-lanes.ts';
import { parseInput } from './parse-input.ts';
import { readPage } from './read-page.ts';
import { RunState, withoutStateAtItsEnd, type Steered } from './run-state.ts';
import { addSlices, isRead, ownersOf, toWritten, toProgress } from './to-progress.ts';
import { recordsOfSlice, SLICES_PLANNED_OF_LANE } from '../window/slice-size.ts';
import { writtenTo } from '../window/written-to.ts';

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

/** A run makes a checkpoint after this many pages. A slice of 50,000 records has 25 pages of 2,000. */
const CHECKPOINT_PAGES = 20;

/** A page that takes longer is cancelled and read again after the continue-as-new. */
const DRAIN_MS = 60_000;

const STEERED: Steered<SyncFeedProgress, SyncFeedProgress> = {
  query: progress,
  answer: (current) => current,
  details: ({ counts, expected }) =>
    `${counts.pages} pages, ${counts.read} of ${expected} records read`,
  afterTune: (before, { pageSize, lanes }) => ({
    ...before,
    lanes: lanes ?? before.lanes,
    ...(pageSize === undefined ? {} : { pageSize, pageSizeMax: pageSize, lightPages: 0 }),
  }),
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
    await readWindow(feed, run);
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

async function open({ feed, from, to, pageSize, lanes }: SyncFeedInput): Promise<SyncFeedProgress> {
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
  return toProgress(opened);
}

/** Reads until nothing is left, or until the run must continue as new. */
function readWindow(feed: string, run: SyncRun): Promise<void> {
  const ending = () => workflowInfo().continueAsNewSuggested;

  /** Plans the next slices of the range that is not planned yet. */
  const plan = async () => {
    await run.released();
    const { configHash, lanes, rest: ranges } = run.current;
    const [range, ...more] = ranges;
    if (range === undefined || ending()) return false;
    const unplanned = ranges.reduce((sum, { count }) => sum + count, 0);
    const { slices, rest, absentOwnerIds } = await planSlices({
      feed,
      configHash,
      owners: ownersOf(run.current),
      range,
      recordsMax: recordsOfSlice({ ...run.current, unplanned }),
      // the lane that is free first plans the next slices while the others read
      slicesMax: SLICES_PLANNED_OF_LANE * lanes,
    });
    const planned = addSlices(afterLook(run.current, absentOwnerIds), slices);
    run.update({ ...planned, rest: [...rest, ...more] });
    return true;
  };

  const read = async ({ number }: UnfinishedSlice, stays: () => boolean) => {
    for (;;) {
      await run.released();
      const unfinished = run.current.slices.find((each) => each.number === number);
      if (unfinished === undefined) return checkpoint(feed, run);
      if (!stays()) return;
      const { slice, position } = unfinished;
      const { configHash, pageSize, keyset, deepFields } = run.current;
      const runId = workflowInfo().firstExecutionRunId;
      const page = await readPage(
        {
          feed,
          runId,
          configHash,
          owners: ownersOf(run.current),
          slice,
          position,
          pageSize,
          keyset,
          deepFields,
          acceptRejects: false,
        },
        `slice ${number}, from ${position.cursor ?? 'its beginning'}`,
      );
      run.update(afterPage(run.current, number, page, pageSize));
    }
  };

  const lanes = () => run.current.lanes;
  return runLanes({
    lanes,
    slices: () => run.current.slices,
    plan,
    read,
    ending,
    drainMs: DRAIN_MS,
  });
}

/** Stores how far the window is written while more is to be read: a terminated run cannot save its progress. */
async function checkpoint(feed: string, run: SyncRun): Promise<void> {
  const { kind, advanced, counts } = run.current;
  if (kind === 'explicit' || isRead(run.current)) return; // the commit does it
  const to = writtenTo(run.current);
  if (to === null || counts.pages - (advanced?.pages ?? 0) < CHECKPOINT_PAGES) return;
  const opened = toWritten(run.current);
  const reached = toSaved(feed, run.current);
  const { ownerIds, stream } = await checkpointWindow({ feed, opened, to, reached });
  const absent = opened.ownerIds.filter((id) => !ownerIds.includes(id));
  run.update({ ...afterLook(run.current, absent), stream, advanced: { to, pages: counts.pages } });
}

async function commit(feed: string, run: SyncRun): Promise<SyncFeedResult> {
  const { window, configHash, counts, late, notes, attention } = run.current;
  const { watermark } = await commitWindow({
    feed,
    runId: workflowInfo().firstExecutionRunId,
    opened: toWritten(run.current),
    counts,
    late,
    attention,
  });
  await condition(allHandlersFinished);
  return { window, configHash, counts, late, watermark, notes, attention };
}

function toSaved(feed: string, reached: SyncFeedProgress): SaveProgressInput {
  const runId = workflowInfo().firstExecutionRunId;
  return { feed, runId, progress: { ...reached, paused: null } };
}

/** A plan of one slice costs no request to make again; progress that cost requests is saved. */
function isWorthSaving({ counts, planned }: SyncFeedProgress): boolean {
  return counts.read > 0 || planned > 1;
}

/** An explicit window is not continued by other runs. */
async function save(feed: string, reached: SyncFeedProgress): Promise<void> {
  if (reached.kind === 'explicit' || !isWorthSaving(reached)) return;
  try {
    await saveProgress(toSaved(feed, reached));
  } catch (error) {
    // the reason why the run ended matters more; the next run reads the window again
    log.warn('the progress of the run could not be saved', { feed, error });
  }
}
