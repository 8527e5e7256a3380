import { SourceTooSlowError, SourceUnavailableError } from './errors.ts';

/** Whether ThreatConnect gave no answer, for whatever reason; the next time one may come. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof SourceTooSlowError || error instanceof SourceUnavailableError;
}
