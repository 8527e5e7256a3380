import { textOf, type Json } from '../exact-json.ts';
import { remember } from '../remember.ts';
import { trimBlanks } from './blanks.ts';
import { toDouble } from './conversions.ts';
import { formatDate } from './date.ts';
import type { MappingErrors } from './errors.ts';

const DAY_MS = 86_400_000;
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['d', DAY_MS],
  ['h', 3_600_000],
  ['m', 60_000],
]);

/** The integration's answer to a unit it does not know, a bare number included. */
const OTHER_UNIT_MS = 90 * DAY_MS;

/**
 * Life of an indicator.
 *
 * @param text a whole number and `d`, `h` or `m`
 * @returns `null` where there is no such number before the unit
 */
export const parseDuration: (text: string) => number | null = remember((text) => {
  const unitMs = UNIT_MS.get(text.slice(-1));
  if (unitMs === undefined) return OTHER_UNIT_MS;
  const count = text.slice(0, -1);
  return /^[+-]?\d+$/.test(count) ? Number(count) * unitMs : null;
});

/**
 * `deleted_at`: the end of an indicator's life, after which the transform removes it.
 *
 * @param given the record's own `deleted_at`, which wins: a date, or seconds since 1970
 * @param lastModified as a date of the document
 */
export function toDeletedAt(
  given: Json | undefined,
  lastModified: Json | undefined,
  duration: string,
  errors: MappingErrors,
): string | undefined {
  if (given !== undefined && given !== null) return toGivenEnd(given, errors);
  if (duration === '' || typeof lastModified !== 'string') return undefined;
  const durationMs = parseDuration(duration);
  const end = durationMs === null ? null : formatDate(Date.parse(lastModified) + durationMs);
  if (end === null) errors.cannotConvert('ioc_expiration_duration', duration, 'duration');
  return end ?? undefined;
}

function toGivenEnd(given: Json, errors: MappingErrors): string | undefined {
  if (given === '') return undefined;
  const text = textOf(given) ?? '';
  const end = errors.spelling.date(text) ?? parseEpochSeconds(given);
  if (end === null) errors.cannotConvert('deleted_at', given, 'date');
  return end ?? undefined;
}

function parseEpochSeconds(given: Json): string | null {
  if (toDouble(given) === undefined) return null;
  const literal = trimBlanks(textOf(given) ?? '');
  // three places to the right in decimal, where 1700000000.123 has no rest that a double would round
  const [, exponent = '0'] = literal.toLowerCase().split('e');
  const [mantissa = ''] = literal.toLowerCase().split('e');
  return formatDate(Math.trunc(Number(`${mantissa}e${Number(exponent) + 3}`)));
}
