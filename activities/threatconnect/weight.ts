import { SourceTooSlowError, SourceUnavailableError } from '../../contracts/errors.ts';
import { isUnanswered } from '../../contracts/unanswered.ts';

/** Whether a request may have failed because of how much it asked for, so that a smaller one may come. */
export function isWeight(error: unknown): boolean {
  return (
    error instanceof SourceTooSlowError ||
    (error instanceof SourceUnavailableError && error.mayBeWeight)
  );
}

/** Whether it makes sense to ask again soon: no answer came, and nobody asked to be left alone. */
export function isPassing(error: unknown): boolean {
  return isUnanswered(error) && (error as { retryAfterMs?: number | null }).retryAfterMs == null;
}
