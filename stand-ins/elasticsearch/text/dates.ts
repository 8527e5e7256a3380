/**
 * Dates in the formats of the server that the stack uses: `strict_date_optional_time` and its kin, epochs, and patterns
 * made of `yyyy MM dd HH mm ss SSS XXX` and text in quotes.
 *
 * @see Elasticsearch reference, "format" mapping parameter
 */
export const DEFAULT_DATE_FORMAT = 'strict_date_optional_time||epoch_millis';

/** Why a text is no date: `cause` as the server's exceptions name it. */
export type DateFailure = {
  readonly type: 'date_time_exception' | 'illegal_argument_exception';
  readonly reason: string;
};

const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
];

const OPTIONAL_TIME =
  /^(?<y>\d{4})(?:-(?<M>\d{2})(?:-(?<d>\d{2})(?:T(?:(?<H>\d{2})(?::(?<m>\d{2})(?::(?<s>\d{2})(?:[.,](?<S>\d{1,9}))?)?)?(?<z>Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?)?$/;
const FULL_TIME =
  /^(?<y>\d{4})-(?<M>\d{2})-(?<d>\d{2})T(?<H>\d{2}):(?<m>\d{2}):(?<s>\d{2})(?:\.(?<S>\d{1,9}))?(?<z>Z|[+-]\d{2}:?\d{2})$/;

const NAMED: Readonly<Record<string, RegExp>> = {
  strict_date_optional_time: OPTIONAL_TIME,
  strict_date_optional_time_nanos: OPTIONAL_TIME,
  date_optional_time: OPTIONAL_TIME,
  iso8601: OPTIONAL_TIME,
  strict_date_time: FULL_TIME,
  date_time: FULL_TIME,
  strict_date_time_no_millis: FULL_TIME,
  date_time_no_millis: FULL_TIME,
  strict_date: /^(?<y>\d{4})-(?<M>\d{2})-(?<d>\d{2})$/,
  date: /^(?<y>\d{4})-(?<M>\d{2})-(?<d>\d{2})$/,
  basic_date: /^(?<y>\d{4})(?<M>\d{2})(?<d>\d{2})$/,
};

const PATTERN_PARTS: Readonly<Record<string, string>> = {
  yyyy: String.raw`(?<y>\d{4})`,
  uuuu: String.raw`(?<y>\d{4})`,
  MM: String.raw`(?<M>\d{2})`,
  dd: String.raw`(?<d>\d{2})`,
  HH: String.raw`(?<H>\d{2})`,
  mm: String.raw`(?<m>\d{2})`,
  ss: String.raw`(?<s>\d{2})`,
  SSS: String.raw`(?<S>\d{3})`,
  XXX: String.raw`(?<z>Z|[+-]\d{2}:\d{2})`,
  X: String.raw`(?<z>Z|[+-]\d{2})`,
  Z: String.raw`(?<z>[+-]\d{4})`,
};

/**
 * Milliseconds since the epoch of a date.
 *
 * @param roundUp a time that is not given is the end of the day instead of its start, as at the upper end of a range
 */
export function parseDate(
  text: string,
  format = DEFAULT_DATE_FORMAT,
  roundUp = false,
): number | DateFailure {
  if (text === '')
    return { type: 'illegal_argument_exception', reason: 'cannot parse empty datetime' };
  for (const name of format.split('||')) {
    if (name === 'epoch_millis' || name === 'epoch_second') {
      if (/^-?\d+(?:\.\d+)?$/.test(text)) {
        return Math.floor(Number(text) * (name === 'epoch_second' ? 1_000 : 1));
      }
      continue;
    }
    const groups = toExpression(name).exec(text)?.groups;
    if (groups === undefined) continue;
    const result = toMillis(groups, roundUp);
    if (result !== null) return result;
  }
  return {
    type: 'illegal_argument_exception',
    reason: `failed to parse date field [${text}] with format [${format}]`,
  };
}

/** A date as a field's first format writes it. */
export function showDate(ms: number, format = DEFAULT_DATE_FORMAT): string {
  const [first] = format.split('||');
  if (first === 'epoch_millis') return String(ms);
  if (first === 'epoch_second') return String(ms / 1_000);
  const iso = new Date(ms).toISOString();
  if (first === 'strict_date_time_no_millis' || first === 'date_time_no_millis')
    return `${iso.slice(0, 19)}Z`;
  return first === 'strict_date' || first === 'date' || first === 'yyyy-MM-dd'
    ? iso.slice(0, 10)
    : iso;
}

const compiled = new Map<string, RegExp>();

function toExpression(format: string): RegExp {
  let expression = NAMED[format] ?? compiled.get(format);
  if (expression === undefined) {
    const source = format.replaceAll(
      /'([^']*)'|yyyy|uuuu|MM|dd|HH|mm|ss|SSS|XXX|X|Z|[^\w]/g,
      (part, quoted: string | undefined) =>
        PATTERN_PARTS[part] ?? (quoted ?? part).replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&'),
    );
    expression = new RegExp(`^${source}$`);
    compiled.set(format, expression);
  }
  return expression;
}

/** Null where an hour or a month is out of range. */
function toMillis(
  groups: Record<string, string | undefined>,
  roundUp: boolean,
): number | DateFailure | null {
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
  if (new Date(utc).getUTCDate() !== day) {
    return { type: 'date_time_exception', reason: `Invalid date '${MONTHS[month - 1]} ${day}'` };
  }
  return utc - toOffsetMs(groups['z']);
}

function toOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || '0');
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
