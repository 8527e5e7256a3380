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

/** Waits after the first, second and third failure: a template may be under repair. */
const WAITS = ['1 second', '5 seconds', '15 seconds'] as const;

/**
 * Reads and writes one page. A page with too many rejects is tried three times. Then its rejects are accepted and kept,
 * so that a few bad pages do not block the pages that follow.
 *
 * @param summary text that the UI shows beside the activity
 */
export async function readPage(input: SyncPageInput, summary: string): Promise<SyncPageResult> {
  const { syncPage } = proxyActivities<Activities>({
    ...ATTEMPTS,
    taskQueue: pagesTaskQueue(workflowInfo().taskQueue),
    // a record that hangs is requested about ten times, each time for up to TC_HTTP_TIMEOUT
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
