import { parseDate } from '../compatible/date.ts';

const MONTH_FIRST = /^(\d\d)-(\d\d)-(\d{4})(?!\d)/;
const BLANK_BEFORE_TIME = /^(\d{4}-\d\d-\d\d) (?=\d)/;
const ZONE_NAME = / ?(?:UTC|GMT)$/;
const BLANK_BEFORE_ZONE = / (?=(?:Z|[+-]\d\d:?\d\d)$)/;

/**
 * Reads a date in each form in which ThreatConnect writes or takes one: besides those of ISO 8601
 * `2026-01-31 12:34:56`, with or without seconds, and `01-31-2026`; with blanks around, and before a zone. No zone
 * means UTC.
 *
 * @returns as `parseDate`
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/tql.html
 */
export function parseWrittenDate(text: string): string | null {
  return parseDate(text) ?? parseDate(toIso(text.trim()));
}

function toIso(text: string): string {
  return text
    .replace(ZONE_NAME, 'Z')
    .replace(BLANK_BEFORE_ZONE, '')
    .replace(MONTH_FIRST, '$3-$1-$2')
    .replace(BLANK_BEFORE_TIME, '$1T');
}
