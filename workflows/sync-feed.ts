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
} from '../contracts/sync-feed.ts';
import { NO_COUNTS } from '../contracts/window.ts';
import { afterPage, BEGINNING } from './after-page.ts';
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
