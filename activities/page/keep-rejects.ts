import { log } from '@temporalio/activity';
import type { SyncPageInput } from '../../contracts/activities.ts';
import { TooManyRejectsError } from '../../contracts/errors.ts';
import type { Deps } from '../attempt/deps.ts';
import type { Rejected } from '../elasticsearch/reject-document.ts';
import { RejectStore } from '../elasticsearch/reject-store.ts';

/** A smaller page says nothing by its share of rejects. */
const REJECTS_JUDGED_FROM = 50;

/**
 * Stores the records of a page that could not be written.
 * @returns whether they are too many of the page, and are accepted all the same
 * @throws {TooManyRejectsError} if they are too many and not accepted
 */
export async function keepRejects(
  { sink, settings, waiting }: Deps,
  { feed, runId, acceptRejects }: Pick<SyncPageInput, 'feed' | 'runId' | 'acceptRejects'>,
  page: { rejects: readonly Rejected[]; read: number; requestedAtMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { rejects, read, requestedAtMs } = page;
  const { maxRejectsPercent, namespace } = settings;
  const isTooMany = hasTooManyRejects(rejects.length, read, maxRejectsPercent);
  if (isTooMany && !acceptRejects) {
    throw new TooManyRejectsError(
      `${rejects.length} of ${read} records of the page are rejected, more than TCSYNC_MAX_REJECTS_PERCENT ` +
        `(${maxRejectsPercent}); the first: ${rejects[0]?.reason}`,
    );
  }
  const store = new RejectStore(sink, namespace, waiting);
  await store.save(rejects, { feed, runId, requestedAtMs }, signal);
  for (const { indicatorId, position, reason } of rejects) {
    log.warn('record rejected', { indicatorId, position, reason });
  }
  return isTooMany;
}

/** A few documents may be at fault. If many are refused, the mapping is, and to go on would leave the records out. */
function hasTooManyRejects(rejected: number, read: number, maxPercent: number): boolean {
  return read >= REJECTS_JUDGED_FROM && rejected * 100 > read * maxPercent;
}
