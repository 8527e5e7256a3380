import { z } from 'zod';
import type { OpenedWindow } from './activities.ts';
import { InstantText, type Instant } from './instant.ts';
import type { Counts, Slice } from './window.ts';

const slice = z.looseObject({
  from: InstantText.nullable(),
  to: InstantText,
  ownerIds: z.array(z.string()).nullable(),
  settledBefore: InstantText,
});

/** As it comes back from a continue-as-new or the state index. Loose, so that what another build adds is not lost. */
export const SyncFeedProgress: z.ZodType<SyncFeedProgress> = z.looseObject({
  window: z.looseObject({ from: InstantText.nullable(), to: InstantText }),
  kind: z.enum(['whole', 'next', 'apart']),
  slices: z.array(
    z.looseObject({
      number: z.number(),
      slice,
      position: z.looseObject({
        cursor: z.string().nullable(),
        read: z.number(),
        settledRead: z.number(),
        pass: z.number().default(1),
        hidden: z.boolean().default(false),
      }),
    }),
  ),
  planned: z.number(),
  pageSizeMax: z.number(),
  lightPages: z.number(),
  growAfter: z.number().default(1),
  keyset: z.boolean(),
  deepFields: z.boolean().default(true),
  rest: z.array(slice.extend({ count: z.number(), oldest: InstantText.optional() })),
  expected: z.number(),
  pageSize: z.number(),
  lanes: z.number(),
  ownerIds: z.array(z.string()),
  absentOwnerIds: z.array(z.string()).default([]),
  seenOwners: z.array(z.string()).default([]),
  stream: z.array(z.string()).default([]),
  configHash: z.string(),
  notes: z.array(z.string()),
  counts: z.looseObject({
    pages: z.number(),
    read: z.number(),
    created: z.number(),
    duplicate: z.number(),
    rejected: z.number(),
  }),
  late: z.number(),
  refusedPages: z.number().default(0),
  attention: z.array(z.string()).default([]),
  paused: z.string().nullable().default(null),
  advanced: z.looseObject({ to: InstantText, pages: z.number() }).nullable().default(null),
});

/**
 * Where a run is: the answer to the query `progress`, what continue-as-new carries, and what a run that did not
 * come to its end leaves to the next one.
 */
export type SyncFeedProgress = Omit<Required<OpenedWindow>, 'slices' | 'resumed'> & {
  /** Slices that are planned and not finished, in the order of time. */
  slices: UnfinishedSlice[];
  /** Slices that were planned so far. */
  planned: number;
  /** What `pageSize` grows back to. */
  pageSizeMax: number;
  /** Pages in a row that came through at `pageSize`. */
  lightPages: number;
  /** How many of them it takes for `pageSize` to grow. */
  growAfter: number;
  /** Those of `ownerIds` that were absent at a look: nothing of them is asked for any more, and they are not committed as read. */
  absentOwnerIds: string[];
  counts: Counts;
  /** Records that became visible while they were read and are left to the overlap. */
  late: number;
  /** Pages of which too much was rejected, one after the other, up to now. */
  refusedPages: number;
  /** What a person should look at, a sentence each. */
  attention: string[];
  /** Why no page is read now, in the words of who paused it; `null`: it is not paused. */
  paused: string | null;
  /** How far the run has moved the watermark while it went on, and after how many pages; `null`: not yet. */
  advanced: { to: Instant; pages: number } | null;
};

/** What a run takes over from one that did not come to its end. */
export type ResumedProgress = Pick<
  SyncFeedProgress,
  'slices' | 'planned' | 'counts' | 'late' | 'attention'
> &
  /** Unset by older workers. */
  Partial<Pick<SyncFeedProgress, 'refusedPages' | 'absentOwnerIds'>>;

export type UnfinishedSlice = {
  /** In the order of planning, from 1. */
  number: number;
  slice: Slice;
  position: SlicePosition;
};

/** Where the reading of a slice stands. */
export type SlicePosition = {
  /** Id after which the next page starts; `null`: at the beginning. */
  cursor: string | null;
  /** Records of this slice that were read. */
  read: number;
  /** Those of them that were modified before the slice's `settledBefore`. */
  settledRead: number;
  /**
   * 1: its records are read. From 2 on its ids are listed, and what is not stored is read: a count proves no set.
   * Unset by older runs.
   */
  pass?: number;
  /** An owner was absent at a look during this pass: a count says nothing of it. Unset by older runs. */
  hidden?: boolean;
};

/** Where the reading of a slice begins. */
export const BEGINNING: SlicePosition = {
  cursor: null,
  read: 0,
  settledRead: 0,
  pass: 1,
  hidden: false,
};
