import { BadInputError, SourceContractError } from '../contracts/errors.ts';
import type { SourceQuestions } from './source-questions.ts';

/** Clocks are compared by whole seconds. */
const CLOCK_MOVED_MS = 1_500;

/**
 * Decides by the source's clock as earlier answers have told it. If the answers that the decision takes tell another
 * time, it decides once more. So no request is needed for the clock alone.
 */
export async function byFreshClock<T>(
  source: Pick<SourceQuestions, 'clock' | 'owners'>,
  decide: () => Promise<T>,
): Promise<T> {
  const { clock } = source;
  if (!clock.isSet) await source.owners();
  const { offsetMs } = clock;
  const hasMoved = () => Math.abs(clock.offsetMs - offsetMs) > CLOCK_MOVED_MS;
  try {
    const decided = await decide();
    if (!hasMoved()) return decided;
  } catch (error) {
    // a window that makes no sense by a clock that is out of date
    if (!(error instanceof BadInputError || error instanceof SourceContractError)) throw error;
    await source.owners();
    if (!hasMoved()) throw error;
  }
  return decide();
}
