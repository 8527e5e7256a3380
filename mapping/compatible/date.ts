/**
 * Reads a date as Elasticsearch's `ISO8601` does; every part but the year may be missing.
 *
 * @returns `YYYY-MM-DDTHH:mm:ss.SSSZ`, cut to milliseconds; `null` where the text is no date, or the year
 *   outside 0001–9999
 * @see https://www.elastic.co/docs/reference/enrich-processor/date-processor
 */
export function parseDate(text: string): string | null {
  if (text.length === 20 && isUtc(text, 19)) return `${text.slice(0, -1)}.000Z`;
  if (text.length === 24 && text.charCodeAt(19) === 0x2e && isUtc(text, 23)) return text;
  const match = DATE.exec(text);
  if (match === null) return null;
  const [, year = '', month = '01', day = '01', hour = '00', minute = '00', second = '00'] = match;
  const [fraction = '', zone = 'Z'] = match.slice(FRACTION_GROUP);
  const offsetSeconds = parseOffset(zone);
  const inRange =
    isDay(Number(year), Number(month), Number(day)) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    Number(second) <= 59;
  if (!inRange || offsetSeconds === null) return null;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`;
  return offsetSeconds === 0 ? local : formatDate(Date.parse(local) - offsetSeconds * 1000);
}

/** `null` where the year is outside 0001–9999. */
export function formatDate(epochMs: number): string | null {
  return epochMs >= FIRST_MS && epochMs <= LAST_MS ? new Date(epochMs).toISOString() : null;
}

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

const ZONE = /Z|UTC|GMT|UT|[+-]\d\d(?:\d\d(?:\d\d)?|:\d\d(?::\d\d)?)?/.source;
const SECOND = /:(\d\d)(?:[.,](\d{1,9}))?/.source;
const TIME = `T(?:(\\d\\d)(?::(\\d\\d)(?:${SECOND})?)?(${ZONE})?)?`;
const DATE = new RegExp(`^(\\d{4})(?:-(\\d\\d)(?:-(\\d\\d)(?:${TIME})?)?)?$`);
const FRACTION_GROUP = 7;

const OFFSET_SECONDS_MAX = 18 * 3600;

function parseOffset(zone: string): number | null {
  const sign = zone.charAt(0);
  if (sign !== '+' && sign !== '-') return 0;
  const digits = zone.slice(1).replaceAll(':', '').padEnd(6, '0');
  const minutes = Number(digits.slice(2, 4));
  const seconds = Number(digits.slice(4));
  const offset = Number(digits.slice(0, 2)) * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || offset > OFFSET_SECONDS_MAX) return null;
  return sign === '-' ? -offset : offset;
}

/** Of NaN, too, no day is made. */
function isDay(year: number, month: number, day: number): boolean {
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false;
  if (day <= 28) return true;
  if (month === 2) return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

/**
 * `2026-01-31T12:34:56Z`, the form in which the source prints nearly every date, or with milliseconds.
 *
 * @param end where the `Z` stands
 */
function isUtc(text: string, end: number): boolean {
  if (text.charCodeAt(end) !== 0x5a || text.charCodeAt(10) !== 0x54) return false;
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return false;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return false;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  return (
    isDay(year, twoDigits(text, 5), twoDigits(text, 8)) &&
    twoDigits(text, 11) <= 23 &&
    twoDigits(text, 14) <= 59 &&
    twoDigits(text, 17) <= 59 &&
    (end === 19 || twoDigits(text, 20) + twoDigits(text, 21) >= 0)
  );
}

/** NaN, which fails every comparison, where there are no two digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
