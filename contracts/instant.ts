import { z } from 'zod';

/** A point in time as ThreatConnect prints it: ISO 8601, UTC, whole seconds, `2026-01-31T12:34:56Z`. */
export type Instant = string;

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

export function isInstant(text: string): text is Instant {
  if (!INSTANT.test(text)) return false;
  const epochMs = toEpochMs(text);
  // `Date` reads 30 February as 2 March
  return !Number.isNaN(epochMs) && toInstant(epochMs) === text;
}

/** The second that contains `epochMs`. */
export function toInstant(epochMs: number): Instant {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

export function toEpochMs(instant: Instant): number {
  return Date.parse(instant);
}

/** An instant that comes from outside. */
export const InstantText = z.string().refine(isInstant, {
  error: 'expected an instant in UTC and whole seconds, such as 2026-01-31T12:34:56Z',
});
