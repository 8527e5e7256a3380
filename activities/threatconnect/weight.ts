import { SourceTooSlowError, SourceUnavailableError } from '../../contracts/errors.ts';
import { isUnanswered } from '../../contracts/unanswered.ts';

/** True if a request may have failed because it asked for too much, so that a smaller one may succeed. */
export function isWeight(error: unknown): boolean {
  return (
    error instanceof SourceTooSlowError ||
    (error instanceof SourceUnavailableError && error.mayBeWeight)
  );
}

/** True if the same request may succeed soon: no answer came, and no `Retry-After`. */
export function isPassing(error: unknown): boolean {
  return isUnanswered(error) && (error as { retryAfterMs?: number | null }).retryAfterMs == null;
}
