import type { Counts } from './counts.ts';
import type { Instant } from './instant.ts';
import type { ResumedProgress, RunFrame, SlicePosition, SyncFeedProgress } from './progress.ts';
import type { Range, RunOwners, Slice } from './window.ts';

export type OpenWindowInput = {
  feed: string;
  from: Instant | null;
  to: Instant | null;
  pageSize: number | null;
  lanes: number | null;
  /** When the Schedule meant the run to start, ISO 8601; `null`: no Schedule started it. */
  scheduledAt: string | null;
  /** When the run started, ISO 8601. */
  startedAt: string;
};

/** What a run is going to read. */
export type OpenedWindow = RunFrame & {
  /** Ready to be read. */
  slices: Slice[];
  /** How far an earlier run of the same configuration has read `slices`; `null`: nobody has. */
  resumed: ResumedProgress | null;
};

export type PlanSlicesInput = {
  feed: string;
  configHash: string;
  range: Range;
  /** Records that a slice is to have at most, if its time can be split. */
  recordsMax: number;
  /** Slices that are planned before reading goes on. */
  slicesMax: number;
  owners: RunOwners;
};

export type PlanSlicesResult = {
  /** In the order of time, without a gap between them; none if time was up before the first was small enough. */
  slices: Slice[];
  /** Owners that could not be seen; nothing was cut then. */
  absentOwnerIds: string[];
  /** What was not reached, as far as it is cut, the earliest first. */
  rest: Range[];
};

export type SyncPageInput = {
  feed: string;
  runId: string;
  configHash: string;
  slice: Slice;
  position: SlicePosition;
  pageSize: number;
  /** Pages begin behind an id; false: at an offset. */
  keyset: boolean;
  /** False: fields of what is associated are left out. */
  deepFields: boolean;
  /** The page goes on whatever share of it is rejected. */
  acceptRejects: boolean;
  owners: RunOwners;
};

export type SyncPageResult = {
  counts: Counts;
  position: SlicePosition;
  /**
   * Set if the slice has ended: how many more records the source counts in it than were read, in all
   * and among the settled ones; 0 or less means that all were read.
   */
  ended: { missing: number; settledMissing: number } | null;
  /** More of the page was rejected than `TCSYNC_MAX_REJECTS_PERCENT` allows. */
  tooManyRejects: boolean;
  /** Records of the request that came through; less than was asked for if that was too heavy. */
  pageSize: number;
  /** Records that were seen and did not come when they were asked for by their ids: hidden, or gone meanwhile. */
  leftOut: number;
  /** Owners of the run that could not be seen when the page was done. */
  absentOwnerIds: string[];
};

/** Of an {@link OpenedWindow}, what is stored about it. `ownerIds` without those that were absent at a look. */
export type WrittenWindow = Pick<
  RunFrame,
  'window' | 'kind' | 'ownerIds' | 'seenOwners' | 'stream' | 'configHash'
>;

export type CommitWindowInput = {
  feed: string;
  runId: string;
  opened: WrittenWindow;
  counts: Counts;
  late: number;
  attention: string[];
};

export type CommitWindowResult = {
  /** End of the contiguous range of `lastModified` that is wholly written; `null`: there is none yet. */
  watermark: Instant | null;
};

export type CheckpointWindowInput = {
  feed: string;
  opened: WrittenWindow;
  /** Everything of the window that was modified before this is written. */
  to: Instant;
  /** What is kept if the watermark has to stay. */
  reached: SaveProgressInput;
};

export type CheckpointWindowResult = {
  /** Those of the window's owners that are still visible: of the others not everything was read. */
  ownerIds: string[];
  /** The stream's backing indices now. */
  stream: string[];
};

export type SaveProgressInput = { feed: string; runId: string; progress: SyncFeedProgress };
