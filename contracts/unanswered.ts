import { SourceTooSlowError, SourceUnavailableError } from './errors.ts';

/** True if ThreatConnect gave no answer, for whatever reason; the next attempt may get one. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof SourceTooSlowError || error instanceof SourceUnavailableError;
}
