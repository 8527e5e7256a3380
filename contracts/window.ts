import type { Instant } from './instant.ts';

/** A closed range `[from, to)` of `lastModified`. `from: null` is the beginning of time. */
export type Window = { from: Instant | null; to: Instant };

/** A part of a window that one lane reads, page after page. */
export type Slice = Window & {
  /** Only these owners (ids): an owner that has become visible is read whole. `null`: all of the feed. */
  ownerIds: string[] | null;
  /**
   * What was modified from here on may still become visible late and is read again by the next window's
   * overlap; what was modified before is settled.
   */
  settledBefore: Instant;
};

/** A part of a window that is still to be cut into slices. */
export type Range = Slice & {
  /** Records that the source counted in it. */
  count: number;
};

/** Records of a slice at most, where time can be split. */
export const SLICE_RECORDS_MAX = 50_000;

/** Time is cut in halves, which hold very different numbers: several slices a lane even that out. */
const SLICES_OF_LANE = 3;

/** Not smaller than a page; without ids to begin behind: one page. */
export function recordsOfSlice(run: {
  /** Records that the run is going to read. */
  expected: number;
  lanes: number;
  pageSize: number;
  keyset: boolean;
}): number {
  if (!run.keyset) return run.pageSize;
  if (run.lanes === 1) return SLICE_RECORDS_MAX;
  const even = Math.ceil(run.expected / (run.lanes * SLICES_OF_LANE));
  return Math.max(run.pageSize, Math.min(SLICE_RECORDS_MAX, even));
}

/** What was read and written. `read = created + duplicate + rejected` for every page. */
export type Counts = {
  pages: number;
  read: number;
  created: number;
  /** Already there under the same `_id`: the same version was written before. */
  duplicate: number;
  rejected: number;
};

export const NO_COUNTS: Counts = { pages: 0, read: 0, created: 0, duplicate: 0, rejected: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    pages: a.pages + b.pages,
    read: a.read + b.read,
    created: a.created + b.created,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
  };
}
