import {
  CancellationScope,
  ChildWorkflowCancellationType,
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { replacementProgress } from '../contracts/messages.ts';
import {
  ReplaceLatestInput,
  type ReplaceLatestResult,
  type ReplacementProgress,
} from '../contracts/replace-latest-input.ts';
import { parseInput } from './parse-input.ts';
import { takeSteps } from './replacement-steps.ts';
import { ATTEMPTS } from './retry-policy.ts';
import type { syncFeed } from './sync-feed.ts';

const activities = proxyActivities<Activities>({ ...ATTEMPTS, startToCloseTimeout: '15 minutes' });

/** Reads both indices whole. */
const { compareLatest } = proxyActivities<Activities>({
  ...ATTEMPTS,
  startToCloseTimeout: '3 hours',
});

/**
 * Builds a new latest index beside the old one, fills it, compares, and moves readers to it in one request; or goes back
 * to the one that was replaced last. Readers see each live indicator exactly once the whole time.
 */
export async function replaceLatest(input: ReplaceLatestInput): Promise<ReplaceLatestResult> {
  let current: ReplacementProgress = {
    phase: 'preparing',
    replacement: null,
    copied: 0,
    total: 0,
  };
  setHandler(replacementProgress, () => current);
  const { undo, settingsCode, copying = null } = parseInput(ReplaceLatestInput, input);
  return takeSteps(
    {
      activities,
      compareLatest,
      pause: () => sleep('1 minute'),
      copying,
      renew: async (task) => {
        if (!workflowInfo().continueAsNewSuggested) return;
        const asked = { undo, ...(settingsCode === undefined ? {} : { settingsCode }) };
        const carried = task === null ? {} : { copying: task };
        await continueAsNew<typeof replaceLatest>({ ...asked, ...carried });
      },
      readFeeds,
      afterAll: (work) => CancellationScope.nonCancellable(work),
      report: (change) => {
        current = { ...current, ...change };
      },
    },
    { undo, settingsCode, by: workflowInfo().workflowId },
  );
}

/** One run after the other: each has as many lanes as the source allows. They leave the watermarks as they are. */
async function readFeeds(): Promise<void> {
  for (const { feed, from } of await activities.listFeeds({})) {
    await executeChild<typeof syncFeed>('syncFeed', {
      workflowId: `${workflowInfo().workflowId}/${feed}`,
      args: [{ feed, from }],
      staticSummary: `all of feed ${feed}, for the new latest index`,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
  }
}
