import type { SyncFeedProgress } from '../contracts/progress.ts';
import type { Tuning } from '../contracts/tuning.ts';

/** A larger size is tried again after this many pages at most. */
const GROW_AFTER_MAX = 64;

type Size = Pick<SyncFeedProgress, 'pageSize' | 'lightPages' | 'growAfter'>;

/**
 * A page that was too heavy makes the next pages smaller. The size doubles again with each page that succeeds, so that
 * a short disturbance is soon over. If the larger size fails at once, it is tried half as often from then on, so that
 * heavy records cost few failed requests.
 *
 * @param reached number of records of the request that succeeded
 * @param asked number of records that the page was asked for
 */
export function afterSize(
  { pageSize, pageSizeMax, lightPages, growAfter }: SyncFeedProgress,
  reached: number,
  asked: number,
): Size {
  const hasGrown = lightPages === 0;
  if (reached < asked) {
    return {
      pageSize: Math.min(pageSize, reached),
      lightPages: 1,
      growAfter: hasGrown ? Math.min(growAfter * 2, GROW_AFTER_MAX) : growAfter,
    };
  }
  const patience = hasGrown ? Math.ceil(growAfter / 2) : growAfter;
  if (pageSize >= pageSizeMax) return { pageSize, lightPages: 1, growAfter: patience };
  if (lightPages + 1 < patience) {
    return { pageSize, lightPages: lightPages + 1, growAfter: patience };
  }
  return { pageSize: Math.min(pageSize * 2, pageSizeMax), lightPages: 0, growAfter: patience };
}

/** What `tune` changes holds from the next page on. */
export function afterTuning(
  before: SyncFeedProgress,
  { pageSize, lanes = before.lanes }: Tuning,
): SyncFeedProgress {
  if (pageSize === undefined) return { ...before, lanes };
  return { ...before, lanes, pageSize, pageSizeMax: pageSize, lightPages: 0 };
}
