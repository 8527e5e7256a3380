import { log } from '@temporalio/activity';
import type { SyncPageInput } from '../../contracts/activities.ts';
import { TooManyRejectsError } from '../../contracts/errors.ts';
import type { Deps } from '../attempt/deps.ts';
import type { Rejected } from '../elasticsearch/reject-document.ts';
import { RejectStore } from '../elasticsearch/reject-store.ts';

/** The share of rejects of a smaller page says nothing. */
const REJECTS_JUDGED_FROM = 50;

/**
 * Stores the records of a page that could not be written.
 * @returns true if the page has too many rejects, which are accepted nevertheless
 * @throws {TooManyRejectsError} if the page has too many rejects, which are not accepted
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

/**
 * A few documents may be at fault. If many are refused, the mapping is at fault, and all these records would be left
 * out.
 */
function hasTooManyRejects(rejected: number, read: number, maxPercent: number): boolean {
  return read >= REJECTS_JUDGED_FROM && rejected * 100 > read * maxPercent;
}
