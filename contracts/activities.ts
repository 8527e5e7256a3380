import type { Counts } from './counts.ts';
import type { Instant } from './instant.ts';
import type { ResumedProgress, RunFrame, SlicePosition, SyncFeedProgress } from './progress.ts';
import type { Span } from './span.ts';
import type { Range, RunOwners, Slice } from './window.ts';

export type OpenWindowInput = {
  feed: string;
  from: Instant | null;
  to: Instant | null;
  pageSize: number | null;
  lanes: number | null;
  /** When the Schedule meant the run to start, ISO 8601; `null` if no Schedule started it. */
  scheduledAt: string | null;
  /** Id of that Schedule. */
  scheduleId: string | null;
  /** When the run started, ISO 8601. */
  startedAt: string;
};

/** What a run is going to read. */
export type OpenedWindow = RunFrame & {
  /** Slices that can be read at once. */
  slices: Slice[];
  /** How far an earlier run of the same configuration has read `slices`; `null` if there is no such run. */
  resumed: ResumedProgress | null;
};

export type PlanSlicesInput = {
  feed: string;
  configHash: string;
  range: Range;
  /** Maximum number of records of a slice, if its time can be split. */
  recordsMax: number;
  /** Number of slices that are planned before reading continues. */
  slicesMax: number;
  owners: RunOwners;
};

export type PlanSlicesResult = {
  /**
   * In the order of time, without a gap between them; empty if the time was up before the first one was small enough.
   */
  slices: Slice[];
  /** Owners that were not visible; if there are any, nothing was cut. */
  absentOwnerIds: string[];
  /** The parts that were not reached, as far as they are cut, the earliest first. */
  rest: Range[];
};

export type SyncPageInput = {
  feed: string;
  runId: string;
  configHash: string;
  slice: Slice;
  position: SlicePosition;
  pageSize: number;
  /** True if pages begin after an id (`id >`); false if they begin at an offset. */
  keyset: boolean;
  /** False if the fields of associated objects are left out. */
  deepFields: boolean;
  /** True if the page is accepted, whatever share of it is rejected. */
  acceptRejects: boolean;
  owners: RunOwners;
};

export type SyncPageResult = {
  counts: Counts;
  position: SlicePosition;
  /**
   * Set if the slice has ended: the source's count of its records minus those that were read, for all records and for
   * the settled ones. 0 or less means that all were read.
   */
  ended: { missing: number; settledMissing: number } | null;
  /** True if the share of rejects exceeds `TCSYNC_MAX_REJECTS_PERCENT`. */
  tooManyRejects: boolean;
  /** Number of records of the request that succeeded; less than requested if that was too heavy. */
  pageSize: number;
  /** Records that were listed and did not come when they were requested by id: hidden, or gone meanwhile. */
  leftOut: number;
  /** Owners of the run that were not visible when the page was done. */
  absentOwnerIds: string[];
};

/** The part of an {@link OpenedWindow} that is stored. `ownerIds` are without owners that were absent at a look. */
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
  /** End of the contiguous range of `lastModified` that is wholly written; `null` if there is none yet. */
  watermark: Instant | null;
};

export type CheckpointWindowInput = {
  feed: string;
  opened: WrittenWindow;
  /** All records of the window that were modified before this instant are written. */
  to: Instant;
  /** Progress that is saved if the watermark cannot move. */
  reached: SaveProgressInput;
};

export type CheckpointWindowResult = {
  /** The window's owners that are still visible. Of the others some records may not have been read. */
  ownerIds: string[];
  /** UUIDs of the stream's backing indices now. */
  stream: string[];
};

export type SaveProgressInput = { feed: string; runId: string; progress: SyncFeedProgress };

/** Spans of a backfill, with the ids of the runs that would read them. */
export type FindDoneSpansInput = {
  configHash: string;
  spans: (Span & { workflowId: string })[];
};

export type FindDoneSpansResult = {
  /** Spans whose last run completed under this configuration, and the number of records that it read. */
  done: { number: number; read: number }[];
  /** For how many days Temporal keeps a run that has ended; `null`: not known. */
  keptDays: number | null;
};
