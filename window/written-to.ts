import type { Instant } from '../contracts/instant.ts';
import type { SyncFeedProgress } from '../contracts/progress.ts';

/**
 * Up to where a window is wholly written: the beginning of what is not finished, or its end. `null`: nothing of
 * it is. What only some owners have (those that have become visible) lies before the window and does not count.
 */
export function writtenTo({
  window,
  slices,
  rest,
}: Pick<SyncFeedProgress, 'window' | 'slices' | 'rest'>): Instant | null {
  const unfinished = [...slices.map(({ slice }) => slice), ...rest].filter(
    ({ ownerIds }) => ownerIds === null,
  );
  let end: Instant = window.to;
  for (const { from } of unfinished) {
    if (from === null) return null;
    if (from < end) end = from;
  }
  return window.from !== null && end <= window.from ? null : end;
}
