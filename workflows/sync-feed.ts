import {
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
import {
  SyncFeedInput,
  type SyncFeedProgress,
  type SyncFeedResult,
  type SyncPageResult,
  type SlicePosition,
} from '../contracts/sync-feed.ts';
import { addCounts, NO_COUNTS } from '../contracts/window.ts';
import { ATTEMPTS } from './attempts.ts';
import { parseInput } from './parse-input.ts';
import { readPage } from './read-page.ts';

const { openWindow, commitWindow } = proxyActivities<Activities>({
  ...ATTEMPTS,
  startToCloseTimeout: '5 minutes',
});

/** The slot of the Schedule that started the run, whole seconds; set by the server. */
const SCHEDULED_AT = defineSearchAttributeKey(
  'TemporalScheduledStartTime',
  SearchAttributeType.DATETIME,
);

/** Pages in a row of which too much is rejected. */
const REFUSED_PAGES_MAX = 3;
/** Sentences for a person that a run keeps. */
const ATTENTION_MAX = 10;

const BEGINNING: SlicePosition = { cursor: null, read: 0, settledRead: 0, again: false };

/** Writes one window of a feed: opens it, reads it page by page, commits it. */
export async function syncFeed(input: SyncFeedInput): Promise<SyncFeedResult> {
  const { feed, from, to, pageSize, resume } = parseInput(SyncFeedInput, input);
  const { firstExecutionRunId, typedSearchAttributes, startTime } = workflowInfo();
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
    state = {
      ...opened,
      position: BEGINNING,
      counts: NO_COUNTS,
      late: 0,
      refusedPages: 0,
      attention: [],
    };
  }

  for (;;) {
    const [slice] = state.slices;
    if (slice === undefined) break;
    const page = await readPage(
      {
        feed,
        runId: firstExecutionRunId,
        configHash: state.configHash,
        slice,
        position: state.position,
        pageSize: state.pageSize,
      },
      `page ${state.counts.pages + 1}`,
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
    attention: state.attention,
  });
  return {
    window: state.window,
    counts: state.counts,
    late: state.late,
    watermark,
    notes: state.notes,
    attention: state.attention,
  };
}

/**
 * What a page changes. A slice that has ended is done when the source counts no more in it than was read;
 * else it is read once more; what is then still missing may only be young, as young records are read
 * again by the next window's overlap.
 *
 * @throws {ApplicationFailure} of type `TooManyRejects`, or `SourceContract` where settled records never come
 */
function afterPage(before: SyncFeedProgress, page: SyncPageResult): SyncFeedProgress {
  const state = { ...before, ...afterRejects(before, page) };
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

/**
 * A page of which too much was rejected wants a person's attention; three in a row mean that the mapping or a
 * template is wrong, and to go on would leave everything out.
 *
 * @throws {ApplicationFailure} of type `TooManyRejects`
 */
function afterRejects(
  { refusedPages: before, attention, counts: { pages } }: SyncFeedProgress,
  { tooManyRejects, counts: { read, rejected } }: SyncPageResult,
): Pick<SyncFeedProgress, 'refusedPages' | 'attention'> {
  if (tooManyRejects !== true) return { refusedPages: 0, attention };
  const refusedPages = before + 1;
  const sentence = `${rejected} of ${read} records of page ${pages + 1} were rejected: \`tcsync rejects list\` shows them`;
  if (refusedPages === REFUSED_PAGES_MAX) {
    throw ApplicationFailure.nonRetryable(
      `${sentence}; so were too many of the ${REFUSED_PAGES_MAX - 1} pages before it`,
      'TooManyRejects' satisfies FailureType,
    );
  }
  return { refusedPages, attention: [...attention, sentence].slice(-ATTENTION_MAX) };
}
