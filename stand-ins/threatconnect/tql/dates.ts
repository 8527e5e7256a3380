import type { Switches } from '../switches.ts';

const FORMS = [
  // 2026-01-31, 2026-01-31 12:34, 2026-01-31 12:34:56, 2026-01-31T12:34:56Z
  /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)$/,
  /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d) (?<h>\d\d):(?<i>\d\d)(?::(?<s>\d\d)(?:\.(?<f>\d+))?)?$/,
  /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)T(?<h>\d\d):(?<i>\d\d):(?<s>\d\d)(?:\.(?<f>\d+))?Z$/,
  // 01-31-2026
  /^(?<m>\d\d)-(?<d>\d\d)-(?<y>\d{4})$/,
];

const RELATIVE =
  /^(?<base>NOW|TODAY)\(\)(?:\s*(?<sign>[+-])\s*(?<count>\d{1,6})\s*(?<unit>SECOND|MINUTE|HOUR|DAY|WEEK)S?)?$/i;

const UNIT_MS: Readonly<Record<string, number>> = {
  SECOND: 1000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
  WEEK: 604_800_000,
};

/**
 * Epoch milliseconds of a date in a query; `null` if it has no form that is known to work. A switch gives the zone of
 * dates without one. Fractions of a second are known to fail sometimes, and are refused unless a switch allows them.
 *
 * @see the vendor's "Filter Results With TQL" page (day, NOW(), TODAY()); its Python framework's filters
 *   ("2026-01-31 12:34:56"); Elastic's ti_threatconnect integration ("2026-01-31T12:34:56Z", and why it sends no
 *   milliseconds)
 */
export function parseTqlDate(
  text: string,
  nowMs: number,
  switches: Pick<Switches, 'dateFractions' | 'naiveOffsetMinutes'>,
): number | null {
  const relative = RELATIVE.exec(text.trim())?.groups;
  if (relative !== undefined) return toRelative(relative, nowMs);
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) continue;
    const ms = toInstant(groups, switches.dateFractions);
    const offsetMs = text.endsWith('Z') ? 0 : switches.naiveOffsetMinutes * 60_000;
    return ms === null ? null : ms - offsetMs;
  }
  return null;
}

function toInstant(
  { y, m, d, h = '0', i = '0', s = '0', f = '' }: Record<string, string | undefined>,
  fractions: Switches['dateFractions'],
): number | null {
  if (f !== '' && (fractions === 'refuse' || (fractions === 'short' && f.length < 3))) return null;
  const [month, day, hour, minute, second] = [m, d, h, i, s].map(Number);
  const whole = Date.UTC(Number(y), (month ?? 0) - 1, day, hour, minute, second);
  const date = new Date(whole);
  const exists =
    date.getUTCMonth() + 1 === month &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return exists ? whole + Math.floor(Number(`0.${f || '0'}`) * 1000) : null;
}

function toRelative(
  { base, sign, count, unit }: Record<string, string | undefined>,
  nowMs: number,
): number {
  const day = UNIT_MS['DAY'] ?? 0;
  const from = base?.toUpperCase() === 'TODAY' ? Math.floor(nowMs / day) * day : nowMs;
  const by = Number(count ?? 0) * (UNIT_MS[unit?.toUpperCase() ?? ''] ?? 0);
  return sign === '-' ? from - by : from + by;
}
