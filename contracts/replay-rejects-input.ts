import { z } from 'zod';
import type { Position } from './reject.ts';

/** Number of rejects that one activity reads again. */
export const REPLAY_BATCH = 100;

/** Input of the workflow `replayRejects`. */
export const ReplayRejectsInput = z.strictObject({
  /** Name of the feed. */
  feed: z.string().min(1).default('default'),
  /** Ids of rejects; unset: all open ones. */
  rejects: z.array(z.string().min(1)).min(1).max(10_000).optional(),
  /** State of the run after a continue-as-new. Not for people. */
  resume: z
    .looseObject({
      /** Number of the given rejects that are done. */
      done: z.number(),
      after: z.array(z.union([z.string(), z.number()])).nullable(),
      counts: z.looseObject({
        asked: z.number(),
        written: z.number(),
        rejected: z.number(),
        gone: z.number(),
        unfindable: z.number(),
        inactive: z.number().optional(),
      }),
    })
    .optional(),
});

/** As a person writes it: every key may be missing. */
export type ReplayRejectsInput = z.input<typeof ReplayRejectsInput>;

/** `asked = written + rejected + gone + unfindable + inactive`. */
export type ReplayCounts = {
  asked: number;
  /** Written now, or found to be stored already. */
  written: number;
  /** Rejected once more. */
  rejected: number;
  /** The source no longer shows the record to the feed. */
  gone: number;
  /** Nothing in the reject identifies the record at the source, or its owner is not visible now. */
  unfindable: number;
  /** Inactive in ThreatConnect: its tombstone was written, if the indicator was known. Absent in earlier versions: 0. */
  inactive?: number | undefined;
};

export const NO_REPLAY: ReplayCounts = {
  asked: 0,
  written: 0,
  rejected: 0,
  gone: 0,
  unfindable: 0,
};

export type ReplayBatchInput = {
  feed: string;
  runId: string;
  /** At most {@link REPLAY_BATCH}; `null` for the next open ones. */
  rejects: string[] | null;
  /** The batch begins after this position; `null`: at the newest reject. */
  after: Position | null;
};

export type ReplayBatchResult = { counts: ReplayCounts; next: Position | null };

export function addReplay(a: ReplayCounts, b: ReplayCounts): ReplayCounts {
  return {
    asked: a.asked + b.asked,
    written: a.written + b.written,
    rejected: a.rejected + b.rejected,
    gone: a.gone + b.gone,
    unfindable: a.unfindable + b.unfindable,
    inactive: (a.inactive ?? 0) + (b.inactive ?? 0),
  };
}
