import type { Instant } from './instant.ts';
import type { ResumedProgress, SlicePosition, SyncFeedProgress } from './progress.ts';
import type { Counts, Range, RunOwners, Slice, Window } from './window.ts';

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
  /** Where an earlier run of the same configuration has left `slices`; `null`, unset by older workers: nowhere. */
  resumed?: ResumedProgress | null;
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
  /** Names of the owners that the feed names and that were ever seen. Unset by older workers. */
  seenOwners?: string[];
  /** UUIDs of the data stream's backing indices; none, or unset by older workers: not known. */
  stream?: string[];
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
  /** Unset by older runs: the feed's. */
  owners?: RunOwners;
};

export type PlanSlicesResult = {
  /** In the order of time, without a gap between them; none where time was up before the first was small enough. */
  slices: Slice[];
  /** Owners that could not be seen; nothing was cut then. Unset: none. */
  absentOwnerIds?: string[];
  /** What was not reached, as far as it is cut, the earliest first. Older workers: all of it in one, or `null`. */
  rest: Range[] | Range | null;
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
  /** Unset by older runs: the feed's. */
  owners?: RunOwners;
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
  /** Records that were seen and did not come when they were asked for by their ids: hidden, or gone meanwhile. */
  leftOut?: number;
  /** Owners of the run that could not be seen when the page was done. Unset by older workers, which did not look. */
  absentOwnerIds?: string[];
};

export type CommitWindowInput = {
  feed: string;
  runId: string;
  /** `ownerIds` without those that were absent at a look. */
  opened: Pick<
    OpenedWindow,
    'window' | 'kind' | 'ownerIds' | 'seenOwners' | 'stream' | 'configHash'
  >;
  counts: Counts;
  late: number;
  /** Unset by older runs. */
  attention?: string[];
};

export type CommitWindowResult = {
  /** End of the contiguous range of `lastModified` that is wholly written; `null` where none is yet. */
  watermark: Instant | null;
};

export type AdvanceWatermarkInput = {
  feed: string;
  opened: CommitWindowInput['opened'];
  /** Everything of the window that was modified before this is written. */
  to: Instant;
  /** What is kept where the watermark has to stay. Unset by older runs. */
  reached?: SaveProgressInput;
};

/** `undefined`: what older workers answer. */
export type AdvanceWatermarkResult =
  | {
      /** Those of the window's owners that are still visible: of the others not everything was read. */
      ownerIds: string[];
      /** The stream's backing indices now. Unset by older workers. */
      stream?: string[];
    }
  | undefined;

export type SaveProgressInput = { feed: string; runId: string; progress: SyncFeedProgress };
