import { z } from 'zod';
import { Counts } from './counts.ts';
import { InstantText, type Instant } from './instant.ts';
import { WindowKind, type Range, type Slice, type Window } from './window.ts';

/**
 * The window of a run and the conditions under which it is read. Fixed when the window is opened, except for what
 * `tune` changes.
 */
export type RunFrame = {
  window: Window;
  kind: WindowKind;
  /** Parts that are too large for one slice; slices are planned when a lane is free. */
  rest: Range[];
  /** Number of records that the source counted in the window when it was opened. */
  expected: number;
  pageSize: number;
  /** Number of slices that are read at the same time. */
  lanes: number;
  /** True if pages begin after an id; false if the source refuses `id >` and pages begin at an offset. */
  keyset: boolean;
  /** True if the account may ask for fields of associated objects. */
  deepFields: boolean;
  /** Ids of the owners that the account can see and the feed selects. */
  ownerIds: string[];
  /** Owner names that the feed names and that were seen at least once. */
  seenOwners: string[];
  /** UUIDs of the data stream's backing indices; empty if not known. */
  stream: string[];
  /** Fingerprint of the settings that decide which documents a feed has. */
  configHash: string;
  /** Information for a person, a sentence each. */
  notes: string[];
};

/**
 * The state of a run: the answer to the query `progress`, the input of the next run at continue-as-new, and the
 * progress that a run saves for the next one if it fails or is cancelled.
 */
export type SyncFeedProgress = RunFrame & {
  /** Slices that are planned and not finished, in the order of time. */
  slices: UnfinishedSlice[];
  /** Number of slices that were planned so far. */
  planned: number;
  /** The size to which `pageSize` grows back. */
  pageSizeMax: number;
  /** Number of consecutive pages that succeeded at `pageSize`. */
  lightPages: number;
  /** Number of such pages after which `pageSize` grows. */
  growAfter: number;
  /** The part of `ownerIds` that was absent at a look: they are not asked for any more, and not committed as read. */
  absentOwnerIds: string[];
  counts: Counts;
  /** Number of records that became visible while they were read; the overlap of the next window reads them. */
  late: number;
  /** Number of consecutive pages with too many rejects, up to now. */
  refusedPages: number;
  /** Sentences about what a person should look at. */
  attention: string[];
  /** The reason that a person gave for the pause; `null` if the run is not paused. */
  paused: string | null;
  /** Maximum number of records of a slice, if it is lower than that of the program. */
  sliceRecords?: number | undefined;
  /** How far the run has already moved the watermark, and after how many pages; `null` if it has not yet. */
  advanced: { to: Instant; pages: number } | null;
};

/** What the query `progress` of every workflow that reads says at least. */
export type Reading = Pick<
  SyncFeedProgress,
  'kind' | 'counts' | 'expected' | 'pageSize' | 'pageSizeMax' | 'lanes' | 'paused'
>;

/** Progress that a run takes over from one that failed or was cancelled. */
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
  /** Id after which the next page starts; `null` at the beginning. */
  cursor: string | null;
  /** Number of records of this slice that were read. */
  read: number;
  /** Number of those that were modified before the slice's `settledBefore`. */
  settledRead: number;
  /**
   * In pass 1 the records are read. From pass 2 on the ids are listed and the records that are not stored are read,
   * since an equal count does not prove equal ids.
   */
  pass: number;
  /** True if an owner was absent at a look during this pass, so that a count says nothing about its records. */
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

/** The form in which continue-as-new and the state index return it. Fields that another version adds are kept. */
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
  sliceRecords: z.number().optional(),
  advanced: z.looseObject({ to: InstantText, pages: z.number() }).nullable(),
});
