import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowHandle,
} from '@temporalio/client';
import { tune } from '../contracts/messages.ts';
import type { Tuning } from '../contracts/tuning.ts';
import { plural } from '../watch/words.ts';
import type { Session } from './session.ts';

/** Longest wait for the answer to an update. A run that is opening its window answers only afterwards. */
const TUNE_MS = 2_000;

/**
 * Sends page size and lanes to a run that was started without them. The run takes them before its window is open, and
 * answers afterwards.
 *
 * @returns what has become of them, a sentence for a person
 */
export async function applyTuning(
  { connection }: Session,
  handle: Pick<WorkflowHandle, 'startUpdate'>,
  tuning: Tuning,
): Promise<string> {
  const deadlineMs = Date.now() + TUNE_MS;
  const wanted = [
    ...(tuning.pageSize === undefined ? [] : [`${plural(tuning.pageSize, 'record')} a page`]),
    ...(tuning.lanes === undefined ? [] : [plural(tuning.lanes, 'lane')]),
  ].join(' and ');
  try {
    const update = await connection.withDeadline(deadlineMs, () =>
      handle.startUpdate(tune, { args: [tuning], waitForStage: 'ACCEPTED' }),
    );
    try {
      const tuned = await connection.withDeadline(deadlineMs, () => update.result());
      return `it reads ${plural(tuned.pageSize, 'record')} a page on ${plural(tuned.lanes, 'lane')} from now on`;
    } catch (error) {
      if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
      return `it takes ${wanted} as soon as its window is open`;
    }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      return `it was over before it could take ${wanted}`;
    }
    const { message } =
      error instanceof WorkflowUpdateFailedError ? (error.cause ?? error) : (error as Error);
    return `it reads as it was started, as it has not taken ${wanted}: ${message}; \`npx tcsync tune\` tries again`;
  }
}
