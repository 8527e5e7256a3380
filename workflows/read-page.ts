import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { FailureType } from '../contracts/failures.ts';
import { pagesTaskQueue } from '../contracts/names.ts';
import type { SyncPageInput, SyncPageResult } from '../contracts/activities.ts';
import { ATTEMPTS } from './retry-policy.ts';

/** Waits after the first, second and third time: a template may be under repair. */
const WAITS = ['1 second', '5 seconds', '15 seconds'] as const;

/**
 * Reads and writes one page. One of which too much is rejected is tried three times; then it goes on and its
 * rejects are kept, so that a few bad pages do not keep what follows from being read.
 *
 * @param summary as the UI shows it beside the activity
 */
export async function readPage(input: SyncPageInput, summary: string): Promise<SyncPageResult> {
  const { syncPage } = proxyActivities<Activities>({
    ...ATTEMPTS,
    taskQueue: pagesTaskQueue(workflowInfo().taskQueue),
    // a record that hangs is asked for about ten times, for up to TC_HTTP_TIMEOUT each
    startToCloseTimeout: '45 minutes',
  });
  for (const wait of WAITS) {
    try {
      return await syncPage.executeWithOptions({ summary }, [input]);
    } catch (error) {
      if (!isTooManyRejects(error)) throw error;
      await sleep(wait);
    }
  }
  return syncPage.executeWithOptions({ summary: `${summary}, rejects accepted` }, [
    { ...input, acceptRejects: true },
  ]);
}

function isTooManyRejects(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === ('TooManyRejects' satisfies FailureType)
  );
}
