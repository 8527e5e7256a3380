import { z } from 'zod';
import { isInstant, type Instant } from './instant.ts';
import type { Counts, Range, Slice, Window } from './window.ts';

const instant = z.string().refine(isInstant, {
  error: 'expected an instant in UTC and whole seconds, such as 2026-01-31T12:34:56Z',
});

const slice = z.looseObject({
  from: instant.nullable(),
  to: instant,
  ownerIds: z.array(z.string()).nullable(),
  settledBefore: instant,
});

/** What continue-as-new carries. Loose, so that what another build adds is not lost. */
const Progress: z.ZodType<SyncFeedProgress> = z.looseObject({
  window: z.looseObject({ from: instant.nullable(), to: instant }),
  kind: z.enum(['whole', 'next', 'apart']),
  slices: z.array(
    z.looseObject({
      number: z.number(),
      slice,
      position: z.looseObject({
        cursor: z.string().nullable(),
        read: z.number(),
        settledRead: z.number(),
        again: z.boolean(),
      }),
    }),
  ),
  planned: z.number(),
  pageSizeMax: z.number(),
  lightPages: z.number(),
  keyset: z.boolean(),
  deepFields: z.boolean().default(true),
  rest: z.array(slice.extend({ count: z.number() })),
  expected: z.number(),
  pageSize: z.number(),
  lanes: z.number(),
  ownerIds: z.array(z.string()),
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
});

/**
 * Input of the workflow `syncFeed`. It also comes from people (`temporal workflow start`, the UI), so
 * the workflow parses it first.
 */
export const SyncFeedInput = z
  .strictObject({
    /** Name of the feed. */
    feed: z.string().min(1).default('default'),
    /** Start of an explicit window, inclusive. */
    from: instant.optional(),
    /** End of an explicit window, exclusive. Default: now, less the safety lag. */
    to: instant.optional(),
    /** Records a page, 1–10,000. Default: `TC_PAGE_SIZE`. */
    pageSize: z.number().int().min(1).max(10_000).optional(),
    /** Slices that are read at the same time, 1–16. Default: `TC_LANES`. */
    lanes: z.number().int().min(1).max(16).optional(),
    /** Where the run goes on after a continue-as-new. Not for people. */
    resume: Progress.optional(),
  })
  .refine((input) => input.from === undefined || input.to === undefined || input.from < input.to, {
    error: '`from` must be before `to`',
    path: ['from'],
  })
  .refine((input) => input.to === undefined || input.from !== undefined, {
    error: '`to` needs `from`',
    path: ['to'],
  });

/** As a person writes it: every key may be missing. */
export type SyncFeedInput = z.input<typeof SyncFeedInput>;

/** Where a run is: the answer to the query `progress`, and what continue-as-new carries. */
export type SyncFeedProgress = Omit<OpenedWindow, 'slices'> & {
  /** Slices that are planned and not finished, in the order of time. */
  slices: UnfinishedSlice[];
  /** Slices that were planned so far. */
  planned: number;
  /** What `pageSize` grows back to. */
  pageSizeMax: number;
  /** Pages in a row that came through at `pageSize`. */
  lightPages: number;
  counts: Counts;
  /** Records that became visible while they were read and are left to the overlap. */
  late: number;
  /** Pages of which too much was rejected, one after the other, up to now. */
  refusedPages: number;
  /** What a person should look at, a sentence each. */
  attention: string[];
};

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
  /** True once the slice is read again, because the source counted more than was read. */
  again: boolean;
};

export type OpenWindowInput = {
  feed: string;
  from: Instant | null;
  to: Instant | null;
  pageSize: number | null;
  lanes: number | null;
  /** When the Schedule meant the run to start, ISO 8601; `null` where no Schedule started it. */
  scheduledAt: string | null;
  /** When the run started, ISO 8601. */
  startedAt: string;
};

/** What a run is going to read. */
export type OpenedWindow = {
  window: Window;
  /** `whole`: all of the feed; `next`: what follows the watermark; `apart`: a window asked for. */
  kind: 'whole' | 'next' | 'apart';
  /** Ready to be read. */
  slices: Slice[];
  /** What is too much for one slice, and is planned when a lane is free. */
  rest: Range[];
  /** Records that the source counted in all of it when the window was opened. */
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
  /** Fingerprint of what decides which documents a feed has. */
  configHash: string;
  /** What a person should know, a sentence each. */
  notes: string[];
};

export type PlanSlicesInput = {
  feed: string;
  configHash: string;
  range: Range;
  /** Records that a slice is to have at most, where time can be split. */
  recordsMax: number;
  /** Slices that are planned before reading goes on. */
  slicesMax: number;
};

export type PlanSlicesResult = {
  /** In the order of time, without a gap between them. */
  slices: Slice[];
  /** What was not reached. */
  rest: Range | null;
};

export type SyncPageInput = {
  feed: string;
  runId: string;
  configHash: string;
  slice: Slice;
  position: SlicePosition;
  pageSize: number;
  /** Pages begin behind an id; false: at an offset. Unset by older runs: true. */
  keyset?: boolean;
  /** False: fields of what is associated are left out. Unset by older runs: true. */
  deepFields?: boolean;
  /** The page goes on whatever share of it is rejected. */
  acceptRejects?: boolean;
};

export type SyncPageResult = {
  counts: Counts;
  position: SlicePosition;
  /**
   * Set where the slice has ended: how many more records the source counts in it than were read, in all
   * and among the settled ones; 0 or less means that all were read.
   */
  ended: { missing: number; settledMissing: number } | null;
  /** More of the page was rejected than `TCSYNC_MAX_REJECTS_PERCENT` allows. Unset by older workers. */
  tooManyRejects?: boolean;
  /** Records of the request that came through; less than was asked for where that was too heavy. */
  pageSize?: number;
};

export type CommitWindowInput = {
  feed: string;
  runId: string;
  opened: Pick<OpenedWindow, 'window' | 'kind' | 'ownerIds' | 'configHash'>;
  counts: Counts;
  late: number;
  /** Unset by older runs. */
  attention?: string[];
};

export type CommitWindowResult = {
  /** End of the contiguous range of `lastModified` that is wholly written; `null` where none is yet. */
  watermark: Instant | null;
};

export type SyncFeedResult = CommitWindowResult & {
  window: Window;
  counts: Counts;
  late: number;
  notes: string[];
  /** What a person should look at, a sentence each. */
  attention: string[];
};
