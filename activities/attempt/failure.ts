import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { FailureType } from '../../contracts/failures.ts';
import {
  BadInputError,
  ConfigChangedError,
  LatestDiffersError,
  RunUnderWayError,
  SinkMisconfiguredError,
  SinkOverloadedError,
  SinkTooLargeError,
  SinkUnauthorizedError,
  SinkUnavailableError,
  SourceBadRequestError,
  SourceContractError,
  SourceForbiddenError,
  SourceProxyRefusedError,
  SourceRateLimitedError,
  SourceTooSlowError,
  SourceUnauthorizedError,
  SourceUnavailableError,
  StreamReplacedError,
  TooManyRejectsError,
} from '../../contracts/errors.ts';

/** From this number of failures on, such an error is not temporary. */
const LASTING_TIMES = 5;
/** Up to this number of failures, back-pressure does not count as an error. */
const BENIGN_TIMES = 3;
const LEAST_DELAY_MS = 1_000; // 0 would end the retries
const MOST_DELAY_MS = 15 * 60_000;
const MESSAGE_CHARACTERS_MAX = 2_000;

/**
 * Turns an error into the failure that tells Temporal whether and when to try again. The failure has only the error's
 * message: a cause may hold a request's headers.
 *
 * @param times number of failed attempts at the activity with this type, from 1
 * @param redact removes secrets from a text
 */
export function toFailure(
  error: unknown,
  times: number,
  redact: (text: string) => string,
): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const { type, handling } = classify(error);
  const askedDelayMs = (error as { retryAfterMs?: number | null }).retryAfterMs ?? null;
  const isBackPressure = type === 'SourceRateLimited' || type === 'SinkOverloaded';
  const isBenign = type === 'RunUnderWay' || (isBackPressure && times <= BENIGN_TIMES);
  // the message of an unexpected error was not written for people and may have many lines
  const words = type === 'Unexpected' ? `${name}: ${message.replaceAll(/\s+/g, ' ')}` : message;
  return ApplicationFailure.create({
    type,
    message: cut(redact(words)),
    nonRetryable:
      handling === 'final' || (handling === 'final when it lasts' && times >= LASTING_TIMES),
    ...(askedDelayMs === null ? {} : { nextRetryDelay: bounded(askedDelayMs) }),
    ...(isBenign ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

/** The failure type under which an error is counted. */
export function failureTypeOf(error: unknown): string {
  if (error instanceof ApplicationFailure) return error.type ?? 'Unexpected';
  return classify(error).type;
}

function classify(error: unknown): { type: string; handling: Handling } {
  const known = KNOWN.find(([type]) => error instanceof type);
  if (known !== undefined) return { type: known[1], handling: known[2] };
  // the attempt's own deadline, which `attempt.ts` sets
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return { type: error.name, handling: 'retried' };
  }
  return { type: 'Unexpected' satisfies FailureType, handling: 'final when it lasts' };
}

type Handling = 'final' | 'retried' | 'final when it lasts';

const KNOWN: readonly (readonly [new (...args: never[]) => Error, FailureType, Handling])[] = [
  [SourceUnauthorizedError, 'SourceUnauthorized', 'final'],
  [SourceForbiddenError, 'SourceForbidden', 'final'],
  [SourceBadRequestError, 'SourceBadRequest', 'final'],
  [SourceProxyRefusedError, 'SourceProxyRefused', 'final'],
  [SourceRateLimitedError, 'SourceRateLimited', 'retried'],
  [SourceUnavailableError, 'SourceUnavailable', 'retried'],
  [SourceTooSlowError, 'SourceTooSlow', 'retried'],
  [SourceContractError, 'SourceContract', 'final when it lasts'],
  [SinkUnauthorizedError, 'SinkUnauthorized', 'final'],
  [SinkUnavailableError, 'SinkUnavailable', 'retried'],
  [SinkOverloadedError, 'SinkOverloaded', 'retried'],
  [SinkMisconfiguredError, 'SinkMisconfigured', 'final'],
  [SinkTooLargeError, 'SinkMisconfigured', 'final'],
  [StreamReplacedError, 'StreamReplaced', 'final'],
  [TooManyRejectsError, 'TooManyRejects', 'final'],
  [ConfigChangedError, 'ConfigChanged', 'final'],
  [LatestDiffersError, 'LatestDiffers', 'final'],
  [BadInputError, 'BadInput', 'final'],
  [RunUnderWayError, 'RunUnderWay', 'final'],
];

/** Call it after redaction only: nobody recognises half a secret as one. */
function cut(text: string): string {
  return text.length > MESSAGE_CHARACTERS_MAX ? `${text.slice(0, MESSAGE_CHARACTERS_MAX)}…` : text;
}

function bounded(delayMs: number): number {
  return Math.min(Math.max(delayMs, LEAST_DELAY_MS), MOST_DELAY_MS);
}
