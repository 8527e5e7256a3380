import { z } from 'zod';
import { Counts } from './counts.ts';
import { InstantText, type Instant } from './instant.ts';
import type { Reading } from './progress.ts';
import { Span } from './span.ts';

/**
 * The state of a backfill: the answer to the query `progress`, together with its {@link Pace}, and the input of the next
 * run at continue-as-new.
 */
export type BackfillProgress = {
  feed: string;
  from: Instant;
  to: Instant;
  /** Length of each span except the last, which may be shorter. */
  spanMs: number;
  /** Fingerprint of the feed's configuration when the backfill was opened. */
  configHash: string;
  /** Number of slices that all spans together read at the same time. */
  lanes: number;
  /** Records per page. */
  pageSize: number;
  /** True if spans are left out that an earlier backfill has read under the same configuration. */
  resume: boolean;
  /** Number of records that the source counted in the whole range when the backfill was opened. */
  expected: number;
  /** Number of spans. */
  spans: number;
  /** Number of spans that were begun or left out so far. */
  planned: number;
  /** Spans that are begun and not done. */
  open: Span[];
  done: number;
  /** Spans that were left out, and the records that were read in them. */
  leftOut: { spans: number; read: number };
  /** Spans that have failed, the first few of them, and how many have failed since one was done. */
  failed: { spans: number; first: FailedSpan[]; inARow: number };
  /** Of the spans that are done. */
  counts: Counts;
  late: number;
  /** Information for a person, a sentence each. */
  notes: string[];
  /** Sentences about what a person should look at. */
  attention: string[];
  /** The reason that a person gave for the pause; `null` if the backfill is not paused. */
  paused: string | null;
  /** When the backfill started or was last resumed, and the records that were read by then; the rate counts from here. */
  since: { epochMs: number; read: number };
};

/** Number of spans that nobody has to read any more: done, left out, or failed. */
export function endedSpans({
  done,
  leftOut,
  failed,
}: Pick<BackfillProgress, 'done' | 'leftOut' | 'failed'>): number {
  return done + leftOut.spans + failed.spans;
}

export type FailedSpan = Span & { reason: string };

/** How fast a backfill reads. */
export type Pace = {
  /** Records per second; `null` until a span is done. */
  perSecond: number | null;
  /** Seconds until the end at this rate; `null`: not known. */
  secondsLeft: number | null;
};

/** The records of open spans do not count, so that it is exact when a span is done. */
export function paceOf(
  { counts: { read }, since, expected, leftOut, paused }: BackfillProgress,
  nowMs: number,
): Pace {
  const tookMs = nowMs - since.epochMs;
  const isKnown = paused === null && read > since.read && tookMs > 0;
  const perSecond = isKnown ? ((read - since.read) * 1_000) / tookMs : null;
  const left = Math.max(0, expected - leftOut.read - read);
  return { perSecond, secondsLeft: perSecond === null ? null : left / perSecond };
}

/** Answer to the query `progress` of a backfill. */
export type BackfillAnswer = BackfillProgress & Pace & Reading;

/** The form in which continue-as-new returns it. */
export const BackfillProgress: z.ZodType<BackfillProgress> = z.looseObject({
  feed: z.string(),
  from: InstantText,
  to: InstantText,
  spanMs: z.number(),
  configHash: z.string(),
  lanes: z.number(),
  pageSize: z.number(),
  resume: z.boolean(),
  expected: z.number(),
  spans: z.number(),
  planned: z.number(),
  open: z.array(Span),
  done: z.number(),
  leftOut: z.looseObject({ spans: z.number(), read: z.number() }),
  failed: z.looseObject({
    spans: z.number(),
    first: z.array(Span.extend({ reason: z.string() })),
    inARow: z.number(),
  }),
  counts: Counts,
  late: z.number(),
  notes: z.array(z.string()),
  attention: z.array(z.string()),
  paused: z.string().nullable(),
  since: z.looseObject({ epochMs: z.number(), read: z.number() }),
});
