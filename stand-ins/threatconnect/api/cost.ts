import { ApiError } from '../api-error.ts';
import type { Switches } from '../switches.ts';
import { json, type Answer } from './answer.ts';

/** The properties of a request that determine the duration of its page. */
export interface Cost {
  rows: number;
  /** `resultStart`. */
  start: number;
  /** Number of names in `fields`. */
  fields: number;
}

/** The duration of a page beyond its fixed delay, and the answer that replaces it if it takes too long. */
export function chargeFor(
  answer: Answer,
  switches: Readonly<Switches>,
): { answer: Answer; delayMs: number } {
  const { cost } = answer;
  if (cost === undefined) return { answer, delayMs: 0 };
  const { recordDelayUs, startDelayUs, fieldDelayUs, pageDelayMs, tqlTimeoutMs } = switches;
  const perRow = recordDelayUs + fieldDelayUs * cost.fields;
  const delayMs = (cost.rows * perRow + cost.start * startDelayUs) / 1000;
  if (tqlTimeoutMs === 0 || pageDelayMs + delayMs <= tqlTimeoutMs) return { answer, delayMs };
  return {
    answer: tqlTimeout(switches.tqlTimeoutStatus),
    delayMs: Math.max(0, tqlTimeoutMs - pageDelayMs),
  };
}

/** Neither its status nor its text is documented. @see the vendor's "Filter Results With TQL" page (that it exists) */
export function tqlTimeout(status: number): Answer {
  return json(
    status,
    new ApiError(status === 400 ? 'tql' : 'internal', 'The TQL query timed out').body,
  );
}
