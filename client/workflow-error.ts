import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import type { FailureType } from '../contracts/failures.ts';
import { adviceOn } from './check/advice.ts';
import { CommandError, EXIT } from './exit-code.ts';

/** What a workflow leaves behind that did not reach its end, and what to do then, in words. */
export type WhatIsLeft = { cancelled: string; terminated: string };

/** Words the failure of a workflow in one sentence; returns any other error as it is. */
export function toCommandError(
  workflowId: string,
  error: unknown,
  left: WhatIsLeft | null = null,
): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  const { cause } = error;
  const more = (text: string | undefined) => (text === undefined ? '' : `: ${text}`);
  if (cause instanceof CancelledFailure) {
    return new CommandError(`${workflowId} was cancelled${more(left?.cancelled)}`);
  }
  if (cause instanceof TerminatedFailure) {
    return new CommandError(`${workflowId} was terminated${more(left?.terminated)}`);
  }
  // the failure of an activity is a cause of the workflow's failure
  let reason: unknown = cause;
  while (reason instanceof Error && !(reason instanceof ApplicationFailure)) reason = reason.cause;
  if (!(reason instanceof ApplicationFailure)) {
    return new CommandError(`${workflowId} failed: ${cause?.message ?? error.message}`);
  }
  const advice = adviceOn(reason.type ?? '');
  return new CommandError(
    `${workflowId} failed: ${reason.type}: ${reason.message}${advice === null ? '' : `\n${advice}`}`,
    reason.type === ('BadInput' satisfies FailureType) ? EXIT.usage : EXIT.failed,
  );
}
