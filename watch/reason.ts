import type { Client, DescribeWorkflowExecutionResponse } from '@temporalio/client';
import type { EndedRun } from '../activities/temporal/runs.ts';
import { FAILURE_TYPES } from '../contracts/failures.ts';

/** The cause of a failure, as Temporal stores it. */
export type Failure = NonNullable<
  NonNullable<DescribeWorkflowExecutionResponse['pendingActivities']>[number]['lastFailure']
>;

/** `type` is one of `docs/operations.md`, or `null` for a time-out or a bug in the program. */
export type Reason = { type: string | null; message: string };

const MESSAGE_CHARACTERS_MAX = 500;

/** A workflow's failure contains the activity's failure as its cause. */
export function toReason(failure: Failure): Reason {
  let found: Failure = failure;
  while (found.applicationFailureInfo == null && found.cause != null) found = found.cause;
  const { message, applicationFailureInfo } = found;
  return {
    type: applicationFailureInfo?.type || null,
    message: shortened(message || 'no reason is given'),
  };
}

/** One line of limited length, without the likely causes: `tcsync check` shows these. */
export function shortened(text: string): string {
  const [said = text] = text.split('; likely causes: ');
  const line = said.replaceAll(/\s+/g, ' ').trim();
  return line.length > MESSAGE_CHARACTERS_MAX ? `${line.slice(0, MESSAGE_CHARACTERS_MAX)}…` : line;
}

export function reasonText({ type, message }: Reason): string {
  return type === null ? message : `${type}: ${message}`;
}

/** Reference to the documentation, appended to a remedy. */
export function operationsRow(reason: Reason | null): string {
  const type = FAILURE_TYPES.find((each) => each === reason?.type);
  return type === undefined ? '' : ` (docs/operations.md, ${type})`;
}

/** The reason of a run that failed or timed out: its history ends with it. */
export async function whyEnded(
  temporal: Client,
  { workflowId, runId }: Pick<EndedRun, 'workflowId' | 'runId'>,
): Promise<Reason> {
  const { history } = await temporal.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: temporal.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const failure = history?.events?.[0]?.workflowExecutionFailedEventAttributes?.failure;
  return failure == null ? { type: null, message: 'the run timed out' } : toReason(failure);
}
