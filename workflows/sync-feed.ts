import {
  ActivityCancellationType,
  ApplicationFailure,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import type { FailureType } from '../contracts/failures.ts';
import { progress } from '../contracts/messages.ts';
import { pagesTaskQueue } from '../contracts/names.ts';
import {
  SyncFeedInput,
  type SyncFeedProgress,
  type SyncFeedResult,
  type SyncPageResult,
  type SlicePosition,
} from '../contracts/sync-feed.ts';
import { addCounts, NO_COUNTS } from '../contracts/window.ts';
import { parseInput } from './parse-input.ts';

const attempts = {
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  // no end: an outage of the source or the sink must not fail the run
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '2 minutes' },
} as const;

const { openWindow, commitWindow } = proxyActivities<Activities>({
  ...attempts,
  startToCloseTimeout: '5 minutes',
});

/** The slot of the Schedule that started the run, whole seconds; set by the server. */
const SCHEDULED_AT = defineSearchAttributeKey(
  'TemporalScheduledStartTime',
  SearchAttributeType.DATETIME,
);

const BEGINNING: SlicePosition = { cursor: null, read: 0, settledRead: 0, again: false };

/** Writes one window of a feed: opens it, reads it page by page, commits it. */
export async function syncFeed(input: SyncFeedInput): Promise<SyncFeedResult> {
  const { feed, from, to, pageSize, resume } = parseInput(SyncFeedInput, input);
  const { firstExecutionRunId, typedSearchAttributes, startTime, taskQueue } = workflowInfo();
  let state: SyncFeedProgress | null = resume ?? null;
  setHandler(progress, () => state);

  if (state === null) {
    const opened = await openWindow({
      feed,
      from: from ?? null,
      to: to ?? null,
      pageSize: pageSize ?? null,
      scheduledAt: typedSearchAttributes.get(SCHEDULED_AT)?.toISOString() ?? null,
      startedAt: startTime.toISOString(),
    });
    state = { ...opened, position: BEGINNING, counts: NO_COUNTS, late: 0 };
  }

  const { syncPage } = proxyActivities<Activities>({
    ...attempts,
    taskQueue: pagesTaskQueue(taskQueue),
    startToCloseTimeout: '15 minutes',
  });
  for (;;) {
    const [slice] = state.slices;
    if (slice === undefined) break;
    const page: SyncPageResult = await syncPage.executeWithOptions(
      { summary: `page ${state.counts.pages + 1}` },
      [
        {
          feed,
          runId: firstExecutionRunId,
          configHash: state.configHash,
          slice,
          position: state.position,
          pageSize: state.pageSize,
        },
      ],
    );
    state = afterPage(state, page);
    setCurrentDetails(
      `${state.counts.pages} pages, ${state.counts.read} of ${state.expected} records read`,
    );
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof syncFeed>({ feed, resume: state });
    }
  }

  const { watermark } = await commitWindow({
    feed,
    runId: firstExecutionRunId,
    opened: state,
    counts: state.counts,
    late: state.late,
  });
  return {
    window: state.window,
    counts: state.counts,
    late: state.late,
    watermark,
    notes: state.notes,
  };
}

/**
 * What a page changes. A slice that has ended is done when the source counts no more in it than was read;
 * else it is read once more; what is then still missing may only be young, as young records are read
 * again by the next window's overlap.
 *
 * @throws {ApplicationFailure} of type `SourceContract` where settled records never come
 */
function afterPage(state: SyncFeedProgress, page: SyncPageResult): SyncFeedProgress {
  const counts = addCounts(state.counts, page.counts);
  if (page.ended === null) return { ...state, counts, position: page.position };
  const { missing, settledMissing } = page.ended;
  if (missing > 0 && !state.position.again) {
    return { ...state, counts, position: { ...BEGINNING, again: true } };
  }
  if (missing > 0 && settledMissing > 0) {
    throw ApplicationFailure.nonRetryable(
      `the source counts ${settledMissing} more records than it gives, in a range that was read twice and has been settled for longer than TC_OVERLAP`,
      'SourceContract' satisfies FailureType,
    );
  }
  return {
    ...state,
    counts,
    late: state.late + Math.max(missing, 0),
    slices: state.slices.slice(1),
    position: BEGINNING,
  };
}
