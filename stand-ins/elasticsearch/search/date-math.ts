import { type DateFailure, parseDate } from '../text/dates.ts';
import { UNIT_MS } from '../text/time.ts';

const YEAR_MS = 365 * 86_400_000;

/**
 * A date of a query: a date, or `now` with at most one step: `now-30d`. A year has 365 days.
 *
 * @param roundUp a date without time is the last millisecond of the day instead of the first
 * @see Elasticsearch reference, "Date math"
 */
export function parseQueryDate(
  text: string,
  format: string | undefined,
  nowMs: number,
  roundUp: boolean,
): number | DateFailure {
  if (!text.startsWith('now')) return parseDate(text, format, roundUp);
  const step = /^now(?:([+-]\d+)([ywdhms]))?$/.exec(text);
  if (step === null) return { reason: `[${text}] is not in this stand-in` };
  const [, amount = '0', unit = 's'] = step;
  const unitMs = { ...UNIT_MS, w: 7 * 86_400_000, y: YEAR_MS }[unit] ?? 0;
  return nowMs + Number(amount) * unitMs;
}
