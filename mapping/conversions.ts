import { isExactNumber, textOf, type Json } from './exact-json.ts';

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/** Length of a date without its fraction. */
const SECONDS = '2026-01-31T12:34:56'.length;

/** A date as ThreatConnect prints it, in milliseconds: `2026-01-31T12:34:56.000Z`; `null` where it is none. */
export function toDate(value: Json | undefined): string | null {
  // some versions print a blank behind the date
  const text = textOf(value)?.trim() ?? '';
  if (!DATE.test(text)) return null;
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) return null;
  const date = new Date(epochMs).toISOString();
  // `Date` takes 30 February for 2 March
  return date.startsWith(text.slice(0, SECONDS)) ? date : null;
}

/** A number, `5.00` included; `undefined` where it is none, or beyond what a double holds. */
export function toNumber(value: Json | undefined): number | undefined {
  const number = isExactNumber(value) ? Number(value.rawJSON) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/**
 * @param text a number and a unit: `90d`, `12h`, `30m`; the configuration has checked it
 */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? Number.NaN);
}
