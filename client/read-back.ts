import { setTimeout as sleep } from 'node:timers/promises';

/** Temporal shows some changes only a while after it took them. */
const SEEN_WITHIN_MS = 10_000;
const ASKED_EVERY_MS = 250;

/**
 * Looks until what was written is seen: that a call succeeded is not yet what was wanted.
 * @returns what was seen last, also where it is something else
 */
export async function readBack<T>(
  look: () => Promise<T>,
  isAsWanted: (seen: T) => boolean,
): Promise<T> {
  const deadlineMs = Date.now() + SEEN_WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (isAsWanted(seen) || Date.now() > deadlineMs) return seen;
    await sleep(ASKED_EVERY_MS);
  }
}
