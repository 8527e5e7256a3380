import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import type { FindDoneSpansResult } from '../contracts/activities.ts';
import { endedSpans, type BackfillProgress } from '../contracts/backfill-progress.ts';
import { addCounts } from '../contracts/counts.ts';
import type { Span } from '../contracts/span.ts';
import type { SyncFeedResult } from '../contracts/sync-feed-input.ts';

/** A backfill ends after this many failed spans without one that is done: the cause is not the span. */
const FAILED_IN_A_ROW_MAX = 3;
/** Number of failed spans that a backfill keeps with their reasons. */
const FAILED_KEPT = 3;
/** Maximum number of sentences, of each kind, that a backfill keeps. */
const SENTENCES_MAX = 20;

/**
 * Adds spans to those that are open, except those that an earlier backfill has read.
 * @param look `null`: nobody asked, and all are read
 */
export function afterLook(
  before: BackfillProgress,
  next: readonly Span[],
  look: FindDoneSpansResult | null,
): BackfillProgress {
  const done = look?.done ?? [];
  const numbers = new Set(done.map(({ number }) => number));
  return {
    ...before,
    planned: before.planned + next.length,
    open: [...before.open, ...next.filter(({ number }) => !numbers.has(number))],
    leftOut: {
      spans: before.leftOut.spans + done.length,
      read: done.reduce((sum, { read }) => sum + read, before.leftOut.read),
    },
    notes: look === null ? before.notes : withNote(before.notes, keptNote(look.keptDays)),
  };
}

/** Applies the result of a span's run. */
export function afterSpan(
  before: BackfillProgress,
  { number, from, to }: Span,
  { counts, late, notes, attention }: SyncFeedResult,
): BackfillProgress {
  const ofSpan = (sentence: string) => `${from}..${to}: ${sentence}`;
  return {
    ...without(before, number),
    done: before.done + 1,
    failed: { ...before.failed, inARow: 0 },
    counts: addCounts(before.counts, counts),
    late: before.late + late,
    notes: notes.reduce(withNote, before.notes),
    attention: [...before.attention, ...attention.map(ofSpan)].slice(-SENTENCES_MAX),
  };
}

export function afterFailedSpan(
  before: BackfillProgress,
  span: Span,
  error: Error,
): BackfillProgress {
  return {
    ...without(before, span.number),
    failed: {
      spans: before.failed.spans + 1,
      first: [...before.failed.first, { ...span, reason: reasonOf(error) }].slice(0, FAILED_KEPT),
      inARow: before.failed.inARow + 1,
    },
  };
}

/** Number of lanes for the run of a span, so that all open spans together have the lanes of the backfill. */
export function lanesOfSpan(progress: BackfillProgress): number {
  const { spans, lanes } = progress;
  const left = spans - endedSpans(progress);
  return Math.max(1, Math.floor(lanes / Math.max(1, Math.min(lanes, left))));
}

export function isGivenUp({ failed }: BackfillProgress): boolean {
  return failed.inARow >= FAILED_IN_A_ROW_MAX;
}

function without(before: BackfillProgress, number: number): BackfillProgress {
  return { ...before, open: before.open.filter((each) => each.number !== number) };
}

function withNote(notes: string[], note: string): string[] {
  return notes.includes(note) || notes.length >= SENTENCES_MAX ? notes : [...notes, note];
}

function keptNote(days: number | null): string {
  const kept = days === null ? '' : ` (${days} days here)`;
  return `a span is left out if its run completed under the same configuration and Temporal still keeps it${kept}; older ones are read again`;
}

/** The failure of a child is a cause of the error: the innermost one says why. */
function reasonOf(error: Error): string {
  for (let reason: unknown = error; reason instanceof Error; reason = reason.cause) {
    if (reason instanceof ApplicationFailure) return `${reason.type}: ${reason.message}`;
    if (reason instanceof CancelledFailure) return 'its run was cancelled';
    if (reason instanceof TerminatedFailure) return 'its run was terminated';
  }
  return error.message;
}
