import type { Waiting } from '../attempt/waiting.ts';
import { isPassing } from './weight.ts';

/** Waits before the second, third and fourth attempt; each is shortened at random by up to half of it. */
const WAITS_MS = [250, 500, 1_000] as const;

/** If the attempts have taken longer than this, Temporal tries again. */
const BUDGET_MS = 60_000;

/**
 * Repeats a small request up to four times within an attempt. Otherwise a long sequence of requests, each of which may
 * fail, would never reach its end. It repeats only after temporary failures, and not if the answer has a `Retry-After`.
 *
 * @throws the last error, or the signal's reason
 */
export async function repeated<T>(
  ask: () => Promise<T>,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<T> {
  const beganMs = performance.now();
  for (const waitMs of WAITS_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || performance.now() - beganMs > BUDGET_MS) throw error;
    }
    await waiting.sleep(waitMs * (1 - waiting.random() / 2), signal);
  }
  return ask();
}
