import { notInStandIn } from '../errors.ts';

/** @see Elasticsearch reference, "format" mapping parameter */
export const DEFAULT_DATE_FORMAT = 'strict_date_optional_time||epoch_millis';

/** Why a text is no date. */
export interface DateFailure {
  readonly reason: string;
}

const OPTIONAL_TIME =
  /^(?<y>\d{4})(?:-(?<M>\d{2})(?:-(?<d>\d{2})(?:T(?:(?<H>\d{2})(?::(?<m>\d{2})(?::(?<s>\d{2})(?:[.,](?<S>\d{1,9}))?)?)?(?<z>Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?)?$/;
const FULL_TIME =
  /^(?<y>\d{4})-(?<M>\d{2})-(?<d>\d{2})T(?<H>\d{2}):(?<m>\d{2}):(?<s>\d{2})(?:\.(?<S>\d{1,9}))?(?<z>Z|[+-]\d{2}:?\d{2})$/;

/** The formats of the server that are known here, but for the epochs. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  strict_date_optional_time: OPTIONAL_TIME,
  strict_date_time: FULL_TIME,
  strict_date_time_no_millis: FULL_TIME,
};

/**
 * Milliseconds since the epoch of a date.
 *
 * @param roundUp a date without time is the end of the day instead of its start, as at the upper end of a range
 * @throws {ApiError} 501 for an unknown format
 */
export function parseDate(
  text: string,
  format = DEFAULT_DATE_FORMAT,
  roundUp = false,
): number | DateFailure {
  for (const name of format.split('||')) {
    if (name === 'epoch_millis') {
      if (/^-?\d+$/.test(text)) return Number(text);
      continue;
    }
    const expression = FORMATS[name];
    if (expression === undefined) throw notInStandIn(`the date format [${name}]`);
    const groups = expression.exec(text)?.groups;
    if (groups === undefined) continue;
    const result = toMillis(groups, roundUp);
    if (result !== null) return result;
  }
  return { reason: `failed to parse date field [${text}] with format [${format}]` };
}

/** A date as the first format of a field writes it. */
export function showDate(ms: number, format = DEFAULT_DATE_FORMAT): string {
  const [first = ''] = format.split('||');
  if (first === 'epoch_millis') return String(ms);
  const iso = new Date(ms).toISOString();
  if (first === 'strict_date_time_no_millis') return `${iso.slice(0, 19)}Z`;
  if (FORMATS[first] === undefined) throw notInStandIn(`the date format [${first}]`);
  return iso;
}

/** `null` if a part is out of range. */
function toMillis(groups: Record<string, string | undefined>, roundUp: boolean): number | null {
  const year = Number(groups['y'] ?? '1970');
  const month = Number(groups['M'] ?? '1');
  const day = Number(groups['d'] ?? '1');
  const hour = Number(groups['H'] ?? (roundUp ? '23' : '0'));
  const minute = Number(groups['m'] ?? (roundUp ? '59' : '0'));
  const second = Number(groups['s'] ?? (roundUp ? '59' : '0'));
  const fraction = groups['S'] ?? (roundUp ? '999' : '0');
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
    return null;
  const ms = Math.floor(Number(`0.${fraction}`) * 1_000);
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  if (new Date(utc).getUTCDate() !== day) return null;
  return utc - toOffsetMs(groups['z']);
}

function toOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || '0');
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
