import type { SyncFeedProgress } from '../contracts/progress.ts';

/** Pages at most that come at a size before a larger one is tried again. */
const GROW_AFTER_MAX = 64;

type Size = Pick<SyncFeedProgress, 'pageSize' | 'lightPages' | 'growAfter'>;

/**
 * A page that was too heavy makes the next ones smaller. They double again with each page that comes, so that trouble
 * of the moment is soon over; where the larger size fails at once, it is tried half as often from then on, so
 * that real weight costs little.
 *
 * @param reached records of the request that came through
 * @param asked records that the page was asked for
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
