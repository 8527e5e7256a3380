import type { Waiting } from '../attempt/waiting.ts';

const FIRST_WAIT_MS = 200;
const MOST_WAIT_MS = 5_000;
/** Then the workflow learns how far it is, and asks again. */
const LOOKS_MS = 60_000;

/** Looks until something is so, for a minute at most. @returns what it saw last */
export async function lookUntil<T>(
  isSo: (seen: T) => boolean,
  look: () => Promise<T>,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<T> {
  let waitMs = FIRST_WAIT_MS;
  for (let waitedMs = 0; ; waitedMs += waitMs) {
    const seen = await look();
    if (isSo(seen) || waitedMs >= LOOKS_MS) return seen;
    await waiting.sleep(waitMs, signal);
    waitMs = Math.min(2 * waitMs, MOST_WAIT_MS);
  }
}
