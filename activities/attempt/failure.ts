import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { FailureType } from '../../contracts/failures.ts';
import {
  BadInputError,
  ConfigChangedError,
  SinkMisconfiguredError,
  SinkOverloadedError,
  SinkTooLargeError,
  SinkUnauthorizedError,
  SinkUnavailableError,
  SourceBadRequestError,
  SourceContractError,
  SourceForbiddenError,
  SourceRateLimitedError,
  SourceTooSlowError,
  SourceUnauthorizedError,
  SourceUnavailableError,
  StreamReplacedError,
  TooManyRejectsError,
} from '../../contracts/errors.ts';

/** From this time on, such an error is no passing fault. */
const LASTING_TIMES = 5;
/** Back-pressure is no fault of ours until it lasts. */
const BENIGN_TIMES = 3;
const LEAST_DELAY_MS = 1_000; // 0 would end the retries
const MOST_DELAY_MS = 15 * 60_000;
const MESSAGE_CHARACTERS_MAX = 2_000;

/**
 * What Temporal is to do with an error of the edges: whether it tries again, and when. The failure has the
 * error's words and nothing else of it, as a cause may hold a request's headers.
 *
 * @param times that attempts at the activity failed with this type, from 1
 * @param redact takes secrets out of a text
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
  // such an error was written for nobody: it may have many lines
  const words = type === 'Unexpected' ? `${name}: ${message.replaceAll(/\s+/g, ' ')}` : message;
  return ApplicationFailure.create({
    type,
    message: cut(redact(words)),
    nonRetryable:
      handling === 'final' || (handling === 'final when it lasts' && times >= LASTING_TIMES),
    ...(askedDelayMs === null ? {} : { nextRetryDelay: bounded(askedDelayMs) }),
    ...(isBackPressure && times <= BENIGN_TIMES
      ? { category: ApplicationFailureCategory.BENIGN }
      : {}),
  });
}

/** Under which type an error is counted. */
export function failureTypeOf(error: unknown): string {
  if (error instanceof ApplicationFailure) return error.type ?? 'Unexpected';
  return classify(error).type;
}

function classify(error: unknown): { type: string; handling: Handling } {
  const known = KNOWN.find(([type]) => error instanceof type);
  if (known !== undefined) return { type: known[1], handling: known[2] };
  // the attempt's own deadline, as `attempt.ts` sets it
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
  [BadInputError, 'BadInput', 'final'],
];

/** Only what is redacted may be cut: of half a secret nobody sees that it is one. */
function cut(text: string): string {
  return text.length > MESSAGE_CHARACTERS_MAX ? `${text.slice(0, MESSAGE_CHARACTERS_MAX)}…` : text;
}

function bounded(delayMs: number): number {
  return Math.min(Math.max(delayMs, LEAST_DELAY_MS), MOST_DELAY_MS);
}
