import type { Client } from '@temporalio/client';
import { endedSpans } from '../contracts/backfill-progress.ts';
import { addCounts, NO_COUNTS, type Counts } from '../contracts/counts.ts';
import { backfillProgress } from '../contracts/messages.ts';
import { spanWorkflowId } from '../contracts/names.ts';
import { answerOf, progressOf } from './look-at-run.ts';

/** Progress of a backfill, the spans under way included. */
export type BackfillLook = {
  counts: Counts;
  /** Without the records of spans that were left out. */
  expected: number;
  paused: string | null;
  spans: { done: number; of: number };
  /** Workflow id of the first span that is under way; `null` if there is none. */
  within: string | null;
};

/**
 * Makes a function that asks a backfill for its progress. It remembers what the runs of the spans have answered, as one
 * that is busy may answer too late.
 *
 * @returns `null` until the backfill is open, and if no worker answers
 */
export function backfillLooks(): (
  temporal: Client,
  workflowId: string,
  signal: AbortSignal,
) => Promise<BackfillLook | null> {
  const known = new Map<string, Counts>();
  return async (temporal, workflowId, signal) => {
    const answer = await answerOf(backfillProgress, temporal, workflowId, signal);
    if (answer === null) return null;
    const { counts, expected, leftOut, paused, spans, open, lanes } = answer;
    // the lanes take the first ones
    const ids = open.slice(0, lanes).map((span) => spanWorkflowId(workflowId, span));
    const runs = await Promise.all(ids.map((id) => progressOf(temporal, id, signal)));
    for (const [index, run] of runs.entries()) {
      if (run !== null) known.set(ids[index] ?? '', run.counts);
    }
    return {
      counts: ids.reduce((sum, id) => addCounts(sum, known.get(id) ?? NO_COUNTS), counts),
      expected: expected - leftOut.read,
      paused,
      spans: { done: endedSpans(answer), of: spans },
      within: ids.find((_id, index) => runs[index] !== null) ?? null,
    };
  };
}
