import { z } from 'zod';
import { InstantText, toEpochMs, toInstant, type Instant } from './instant.ts';

/** The part of a backfill that one child workflow reads: a half-open range `[from, to)` of `lastModified`. */
export type Span = {
  /** In the order of time, from 1. */
  number: number;
  from: Instant;
  to: Instant;
};

export const Span = z.looseObject({ number: z.number(), from: InstantText, to: InstantText });

/** A range that is cut into spans of equal length; the last one may be shorter. */
export type SpannedRange = {
  from: Instant;
  to: Instant;
  /** A multiple of 1,000. */
  spanMs: number;
};

export function countSpans({ from, to, spanMs }: SpannedRange): number {
  return Math.ceil((toEpochMs(to) - toEpochMs(from)) / spanMs);
}

/** @param number from 1 to {@link countSpans} */
export function spanAt({ from, to, spanMs }: SpannedRange, number: number): Span {
  const startMs = toEpochMs(from) + (number - 1) * spanMs;
  const endMs = Math.min(startMs + spanMs, toEpochMs(to));
  return { number, from: toInstant(startMs), to: toInstant(endMs) };
}
