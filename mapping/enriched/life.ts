import { parseDuration } from '../compatible/expiry.ts';
import { formatDate } from '../compatible/date.ts';

const DAY_MS = 86_400_000;

/** The UTC day of a reading, so that a record read twice a day is the same document. */
export function startOfDay(requestedAtMs: number): string {
  return new Date(startOfDayMs(requestedAtMs)).toISOString();
}

/** The end of what the source showed active: its life begins with the day after. */
export function endOfConfirmed(requestedAtMs: number, iocExpiration: string): string | undefined {
  const durationMs = parseDuration(iocExpiration);
  if (iocExpiration === '' || durationMs === null) return undefined;
  return formatDate(startOfDayMs(requestedAtMs) + DAY_MS + durationMs) ?? undefined;
}

function startOfDayMs(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS) * DAY_MS;
}
