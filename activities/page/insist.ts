import { isUnanswered } from '../../contracts/unanswered.ts';
import { isWeight } from '../threatconnect/weight.ts';
import type { Waiting } from '../attempt/waiting.ts';

/**
 * Failures, each between two answers to something else, after which what was asked for is taken to be too heavy.
 * Where every second request fails by chance, six come together for one request in 15,000.
 */
const EVIDENCE = 6;
/** Failures of everything in a row: an outage, which is Temporal's to wait for. */
const OUTAGE = 3;
/** What took so long is no chance: two of them are enough, as each may take TC_HTTP_TIMEOUT. */
const SLOW_MS = 5_000;
const SLOW_EVIDENCE = EVIDENCE / 2;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/** It does not come, however often it is asked for, while others do. */
export const HEAVY = Symbol('heavy');

/**
 * Asks until an answer comes, or until it is certain that the reason lies in what is asked for: trouble of the
 * moment also strikes other requests, and passes.
 *
 *     others ─► ask ─► others ─► ask ─► others …      wait longer each time
 *      came    fails    came                           = one piece of evidence
 *
 * @param othersCome whether something of the same kind comes just now
 * @throws the failure, where others do not come either; any error that is no such trouble
 */
export async function insist<T>(
  ask: () => Promise<T>,
  othersCome: () => Promise<boolean>,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<T | typeof HEAVY> {
  let came = await othersCome();
  let outage = came ? 0 : 1;
  let evidence = 0;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    await waiting.sleep(waitMs, signal);
    const beganMs = performance.now();
    try {
      return await ask();
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      const isSlow = performance.now() - beganMs > SLOW_MS;
      const before = came;
      came = await othersCome();
      outage = came ? 0 : outage + 1;
      if (outage === OUTAGE) throw error;
      if (before && came && isWeight(error)) evidence += isSlow ? SLOW_EVIDENCE : 1;
      if (evidence >= EVIDENCE) return HEAVY;
    }
  }
}
