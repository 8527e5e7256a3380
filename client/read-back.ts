import { setTimeout as sleep } from 'node:timers/promises';

/** Temporal shows some changes only some time after it accepted them. */
const SEEN_WITHIN_MS = 10_000;
const ASKED_EVERY_MS = 250;

/**
 * Reads until the change is visible: a call that succeeded does not prove that the change is in effect.
 * @returns the value that was read last, even if it is not the wanted one
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
