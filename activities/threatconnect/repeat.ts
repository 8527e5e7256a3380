import type { Waiting } from '../attempt/waiting.ts';
import { isPassing } from './weight.ts';

/** Before the second, third and fourth time; each is shortened by up to half of it at random. */
const WAITS_MS = [250, 500, 1_000] as const;

/** What has taken longer is Temporal's to try again. */
const BUDGET_MS = 60_000;

/**
 * Asks for something small up to four times within an attempt: a long sequence of requests would else never
 * come to its end where each of them may fail. Only the trouble of a moment is met so; what asks to be left alone
 * for a while is left alone.
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
