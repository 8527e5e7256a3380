import { isUnanswered } from '../../contracts/unanswered.ts';
import { isWeight } from '../threatconnect/weight.ts';
import type { Waiting } from '../attempt/waiting.ts';
import { waitMsAfter } from './growing-wait.ts';

/**
 * After this many failures, each between two successful requests for something else, the object counts as too heavy. If
 * every second request fails by chance, six such failures come together in one of 15,000 requests.
 */
const EVIDENCE = 6;
/** Number of consecutive failures of everything: an outage. Temporal does the waiting then. */
const OUTAGE = 3;
/** A failure that took this long is no chance: two of them are enough, as each may take TC_HTTP_TIMEOUT. */
const SLOW_MS = 5_000;
const SLOW_EVIDENCE = EVIDENCE / 2;

/** The object does not come, however often it is requested, while others come. */
export const HEAVY = Symbol('heavy');

/**
 * Repeats a request until it succeeds, or until it is certain that the requested object is the reason of the failures:
 * a temporary disturbance also hits other requests, and passes.
 *
 *     others ─► ask ─► others ─► ask ─► others …      wait longer each time
 *      came    fails    came                           = one piece of evidence
 *
 * @param othersCome true if a similar request succeeds now
 * @throws the failure, if the other requests fail too; any error that is not such a failure
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
  for (let times = 1; ; times += 1) {
    await waiting.sleep(waitMsAfter(times), signal);
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
