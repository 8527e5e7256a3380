import { z } from 'zod';
import { Counts } from './counts.ts';
import { InstantText, type Instant } from './instant.ts';
import { WindowKind, type Range, type Slice, type Window } from './window.ts';

/** What a run reads and under which conditions; fixed when its window is opened, but for what `tune` changes. */
export type RunFrame = {
  window: Window;
  kind: WindowKind;
  /** Too much for one slice; it is planned when a lane is free. */
  rest: Range[];
  /** Records that the source counted in the window when it was opened. */
  expected: number;
  pageSize: number;
  /** Slices that are read at the same time. */
  lanes: number;
  /** Pages begin behind an id; false: the source refuses that, and they begin at an offset. */
  keyset: boolean;
  /** Whether the account may ask for fields of what is associated. */
  deepFields: boolean;
  /** Ids of the owners that the account can see and the feed selects. */
  ownerIds: string[];
  /** Names of the owners that the feed names and that were ever seen. */
  seenOwners: string[];
  /** UUIDs of the data stream's backing indices; none: not known. */
  stream: string[];
  /** Fingerprint of what decides which documents a feed has. */
  configHash: string;
  /** What a person should know, a sentence each. */
  notes: string[];
};

/**
 * The state of a run: the answer to the query `progress`, what continue-as-new carries, and what a run that did not
 * come to its end leaves to the next one.
 */
export type SyncFeedProgress = RunFrame & {
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
  /** Those of `ownerIds` that were absent at a look: they are not asked for any more, and not committed as read. */
  absentOwnerIds: string[];
  counts: Counts;
  /** Records that became visible while they were read and are left to the overlap. */
  late: number;
  /** Pages of which too much was rejected, one after the other, up to now. */
  refusedPages: number;
  /** What a person should look at, a sentence each. */
  attention: string[];
  /** Why no page is read now, in the words of the person who paused it; `null`: it is not paused. */
  paused: string | null;
  /** How far the run has moved the watermark while it went on, and after how many pages; `null`: not yet. */
  advanced: { to: Instant; pages: number } | null;
};

/** What a run takes over from one that did not come to its end. */
export type ResumedProgress = Pick<
  SyncFeedProgress,
  'slices' | 'planned' | 'counts' | 'late' | 'attention' | 'refusedPages' | 'absentOwnerIds'
>;

export type UnfinishedSlice = {
  /** In the order of planning, from 1. */
  number: number;
  slice: Slice;
  position: SlicePosition;
};

/** How far a slice is read. */
export type SlicePosition = {
  /** Id after which the next page starts; `null`: at the beginning. */
  cursor: string | null;
  /** Records of this slice that were read. */
  read: number;
  /** Those of them that were modified before the slice's `settledBefore`. */
  settledRead: number;
  /** 1: its records are read. From 2 on its ids are listed, and what is not stored is read: a count proves no set. */
  pass: number;
  /** An owner was absent at a look during this pass: a count says nothing about it. */
  hidden: boolean;
};

/** The position of a slice of which nothing is read yet. */
export const BEGINNING: SlicePosition = {
  cursor: null,
  read: 0,
  settledRead: 0,
  pass: 1,
  hidden: false,
};

const slice = z.looseObject({
  from: InstantText.nullable(),
  to: InstantText,
  ownerIds: z.array(z.string()).nullable(),
  settledBefore: InstantText,
});

/** As it comes back from a continue-as-new or the state index. Loose, so that what another build adds is not lost. */
export const SyncFeedProgress: z.ZodType<SyncFeedProgress> = z.looseObject({
  window: z.looseObject({ from: InstantText.nullable(), to: InstantText }),
  kind: WindowKind,
  slices: z.array(
    z.looseObject({
      number: z.number(),
      slice,
      position: z.looseObject({
        cursor: z.string().nullable(),
        read: z.number(),
        settledRead: z.number(),
        pass: z.number(),
        hidden: z.boolean(),
      }),
    }),
  ),
  planned: z.number(),
  pageSizeMax: z.number(),
  lightPages: z.number(),
  growAfter: z.number(),
  keyset: z.boolean(),
  deepFields: z.boolean(),
  rest: z.array(slice.extend({ count: z.number(), oldest: InstantText.optional() })),
  expected: z.number(),
  pageSize: z.number(),
  lanes: z.number(),
  ownerIds: z.array(z.string()),
  absentOwnerIds: z.array(z.string()),
  seenOwners: z.array(z.string()),
  stream: z.array(z.string()),
  configHash: z.string(),
  notes: z.array(z.string()),
  counts: Counts,
  late: z.number(),
  refusedPages: z.number(),
  attention: z.array(z.string()),
  paused: z.string().nullable(),
  advanced: z.looseObject({ to: InstantText, pages: z.number() }).nullable(),
});
