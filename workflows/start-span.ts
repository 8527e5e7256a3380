import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { spanWorkflowId } from '../contracts/names.ts';
import { FEED, NAMESPACE, STATE } from '../contracts/search-attributes.ts';
import type { Span } from '../contracts/span.ts';
import type { SyncFeedInput } from '../contracts/sync-feed-input.ts';
import type { syncFeed } from './sync-feed.ts';

/** The child of a backfill that was terminated is cancelled by the server and ends within this time. */
const ENDING_WAIT = '5 seconds';
const ENDING_WAITS_MAX = 24;

/**
 * Starts the run of one span.
 * @throws {WorkflowExecutionAlreadyStartedError} if a run with its id stays open
 */
export async function startSpan(
  { from, to }: Span,
  input: SyncFeedInput,
): Promise<ChildWorkflowHandle<typeof syncFeed>> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await startChild<typeof syncFeed>('syncFeed', {
        workflowId: spanWorkflowId(workflowInfo().workflowId, { from, to }),
        args: [{ ...input, from, to }],
        staticSummary: `span ${from} to ${to}`,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        ...searchAttributes(),
      });
    } catch (error) {
      const isOpen = error instanceof WorkflowExecutionAlreadyStartedError;
      if (!isOpen || waits === ENDING_WAITS_MAX) throw error;
      await sleep(ENDING_WAIT);
    }
  }
}

/** A child does not inherit them. If the backfill was started without them, the server may not know them. */
function searchAttributes() {
  const { typedSearchAttributes: given } = workflowInfo();
  const namespace = given.get(NAMESPACE);
  const feed = given.get(FEED);
  if (namespace === undefined || feed === undefined || given.get(STATE) === undefined) return {};
  return {
    typedSearchAttributes: [
      { key: NAMESPACE, value: namespace },
      { key: FEED, value: feed },
      { key: STATE, value: 'running' },
    ],
  };
}
