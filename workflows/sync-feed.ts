import {
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { progress } from '../contracts/messages.ts';
import {
  SyncFeedInput,
  type SyncFeedProgress,
  type SyncFeedResult,
  type UnfinishedSlice,
} from '../contracts/sync-feed.ts';
import { NO_COUNTS, recordsOfSlice, type Slice } from '../contracts/window.ts';
import { afterPage, BEGINNING } from './after-page.ts';
import { ATTEMPTS } from './attempts.ts';
import { runLanes } from './lanes.ts';
import { parseInput } from './parse-input.ts';
import { readPage } from './read-page.ts';

const { openWindow, planSlices, commitWindow } = proxyActivities<Activities>({
  ...ATTEMPTS,
  startToCloseTimeout: '5 minutes',
});

/** The slot of the Schedule that started the run, whole seconds; set by the server. */
const SCHEDULED_AT = defineSearchAttributeKey(
  'TemporalScheduledStartTime',
  SearchAttributeType.DATETIME,
);

/**
 * Writes one window of a feed: opens it, cuts it into slices, reads them on several lanes, page by page, and
 * commits it.
 */
export async function syncFeed(input: SyncFeedInput): Promise<SyncFeedResult> {
  const parsed = parseInput(SyncFeedInput, input);
  const { feed } = parsed;
  let opened: SyncFeedProgress | null = parsed.resume ?? null;
  setHandler(progress, () => opened);
  opened ??= await open(parsed);
  let state: SyncFeedProgress = opened;
  const update = (next: SyncFeedProgress) => {
    state = opened = next;
  };

  const readSlice = async ({ number }: UnfinishedSlice) => {
    for (;;) {
      const unfinished = state.slices.find((each) => each.number === number);
      if (unfinished === undefined || workflowInfo().continueAsNewSuggested) return;
      const { slice, position } = unfinished;
      const { configHash, pageSize, keyset, deepFields } = state;
      const runId = workflowInfo().firstExecutionRunId;
      const page = await readPage(
        { feed, runId, configHash, slice, position, pageSize, keyset, deepFields },
        `slice ${number}, from ${position.cursor ?? 'its beginning'}`,
      );
      update(afterPage(state, number, page, pageSize));
      setCurrentDetails(
        `${state.counts.pages} pages, ${state.counts.read} of ${state.expected} records read`,
      );
    }
  };

  /** The next slices of what is not planned yet. */
  const plan = async () => {
    const [range, ...more] = state.rest;
    if (range === undefined || workflowInfo().continueAsNewSuggested) return false;
    const { configHash } = state;
    const { slices, rest } = await planSlices({
      feed,
      configHash,
      range,
      recordsMax: recordsOfSlice({ ...state, unplanned: unplannedOf(state) }),
      // the next ones are planned by the lane that is free first, while the others read
      slicesMax: state.lanes,
    });
    const planned = addSlices(state, slices);
    update({ ...planned, rest: rest === null ? more : [rest, ...more] });
    return true;
  };

  await runLanes(state.lanes, () => state.slices, plan, readSlice);
  if (state.slices.length > 0 || state.rest.length > 0) {
    await continueAsNew<typeof syncFeed>({ feed, resume: state });
  }

  const { window, counts, late, notes, attention } = state;
  const { watermark } = await commitWindow({
    feed,
    runId: workflowInfo().firstExecutionRunId,
    opened: state,
    counts,
    late,
    attention,
  });
  return { window, counts, late, watermark, notes, attention };
}

function unplannedOf({ rest }: SyncFeedProgress): number {
  return rest.reduce((sum, { count }) => sum + count, 0);
}

async function open({ feed, from, to, pageSize, lanes }: SyncFeedInput): Promise<SyncFeedProgress> {
  const { typedSearchAttributes, startTime } = workflowInfo();
  const { slices, ...opened } = await openWindow({
    feed: feed ?? 'default',
    from: from ?? null,
    to: to ?? null,
    pageSize: pageSize ?? null,
    lanes: lanes ?? null,
    scheduledAt: typedSearchAttributes.get(SCHEDULED_AT)?.toISOString() ?? null,
    startedAt: startTime.toISOString(),
  });
  const state: SyncFeedProgress = {
    ...opened,
    slices: [],
    planned: 0,
    pageSizeMax: opened.pageSize,
    lightPages: 0,
    counts: NO_COUNTS,
    late: 0,
    refusedPages: 0,
    attention: [],
  };
  return addSlices(state, slices);
}

function addSlices(state: SyncFeedProgress, slices: Slice[]): SyncFeedProgress {
  const added = slices.map((slice, index) => ({
    number: state.planned + index + 1,
    slice,
    position: BEGINNING,
  }));
  return {
    ...state,
    slices: [...state.slices, ...added],
    planned: state.planned + added.length,
  };
}
