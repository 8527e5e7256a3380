import { parseDuration } from '../compatible/expiry.ts';
import { formatDate } from '../compatible/date.ts';
import { remember } from '../remember.ts';

const DAY_MS = 86_400_000;

/** The UTC day of a reading, so that a record read twice a day is the same document. */
export const startOfDay: (requestedAtMs: number) => string = remember((requestedAtMs) =>
  new Date(startOfDayMs(requestedAtMs)).toISOString(),
);

/** When the record was asked for. */
export const timeOfReading: (requestedAtMs: number) => string = remember((requestedAtMs) =>
  new Date(requestedAtMs).toISOString(),
);

/** The end of what the source showed active: its life begins with the day after. */
export function endOfConfirmed(requestedAtMs: number, iocExpiration: string): string | undefined {
  const durationMs = parseDuration(iocExpiration);
  if (iocExpiration === '' || durationMs === null) return undefined;
  return formatEnd(startOfDayMs(requestedAtMs) + DAY_MS + durationMs) ?? undefined;
}

const formatEnd = remember(formatDate);

function startOfDayMs(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS) * DAY_MS;
}
