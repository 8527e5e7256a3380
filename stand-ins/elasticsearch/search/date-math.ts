import { type DateFailure, parseDate } from '../text/dates.ts';

/**
 * A date of a query: a date, `now`, or either with steps behind it: `now-30d/d`, `2026-01-01||+1M/d`.
 *
 * @param roundUp to the last millisecond of what is rounded to (`gt`, `lte`) instead of the first (`gte`, `lt`)
 * @see Elasticsearch reference, "Date math"
 */
export function parseQueryDate(
  text: string,
  format: string | undefined,
  nowMs: number,
  roundUp: boolean,
): number | DateFailure {
  if (text.startsWith('now')) return applySteps(nowMs, text.slice(3), text, roundUp);
  const bars = text.indexOf('||');
  const date = parseDate(bars < 0 ? text : text.slice(0, bars), format, roundUp && bars < 0);
  if (typeof date !== 'number' || bars < 0) return date;
  return applySteps(date, text.slice(bars + 2), text, roundUp);
}

function applySteps(
  startMs: number,
  steps: string,
  text: string,
  roundUp: boolean,
): number | DateFailure {
  if (!/^(?:[+-]\d*[yMwdhHms]|\/[yMwdhHms])*$/.test(steps)) {
    return {
      type: 'illegal_argument_exception',
      reason: `operator not supported for date math [${text}]`,
    };
  }
  let date = new Date(startMs);
  for (const [step] of steps.matchAll(/[+-]\d*\w|\/\w/g)) {
    const unit = step.at(-1) ?? '';
    if (step.startsWith('/')) {
      const floor = floorTo(date, unit);
      date = roundUp ? new Date(add(floor, 1, unit).getTime() - 1) : floor;
    } else {
      const amount = Number(step.slice(1, -1) || '1');
      date = add(date, step.startsWith('-') ? -amount : amount, unit);
    }
  }
  return date.getTime();
}

function add(date: Date, amount: number, unit: string): Date {
  const result = new Date(date);
  if (unit === 'y' || unit === 'M') {
    const day = result.getUTCDate();
    result.setUTCDate(1);
    result.setUTCMonth(result.getUTCMonth() + amount * (unit === 'y' ? 12 : 1));
    const lastDay = new Date(
      Date.UTC(result.getUTCFullYear(), result.getUTCMonth() + 1, 0),
    ).getUTCDate();
    result.setUTCDate(Math.min(day, lastDay));
    return result;
  }
  return new Date(date.getTime() + amount * (UNIT_MS[unit] ?? 0));
}

const UNIT_MS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  H: 3_600_000,
  m: 60_000,
  s: 1_000,
};

function floorTo(date: Date, unit: string): Date {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (unit === 'y') return new Date(Date.UTC(year, 0));
  if (unit === 'M') return new Date(Date.UTC(year, month));
  // weeks begin on Monday
  if (unit === 'w') return new Date(Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7)));
  const unitMs = UNIT_MS[unit] ?? 1;
  return new Date(Math.floor(date.getTime() / unitMs) * unitMs);
}
