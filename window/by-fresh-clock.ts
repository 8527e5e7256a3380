import { BadInputError, SourceContractError } from '../contracts/errors.ts';
import type { SourceQuestions } from './source-questions.ts';

/** The `Date` header has whole seconds, so a smaller difference means nothing. */
const CLOCK_MOVED_MS = 1_500;

/**
 * Decides by the source's clock as earlier answers gave it. If the answers during the decision show that the clock has
 * moved, it decides once more. So no request is needed for the clock alone.
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
    // the window may be wrong only because the known clock is out of date
    if (!(error instanceof BadInputError || error instanceof SourceContractError)) throw error;
    await source.owners();
    if (!hasMoved()) throw error;
  }
  return decide();
}
