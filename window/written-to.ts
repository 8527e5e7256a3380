import type { Instant } from '../contracts/instant.ts';
import type { SyncFeedProgress } from '../contracts/progress.ts';

/**
 * The instant up to which a window is wholly written: the beginning of its earliest unfinished part, or its end; `null`
 * if nothing is written. Slices of only some owners (those that became visible) lie before the window and do not count.
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
