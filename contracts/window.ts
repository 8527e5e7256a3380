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

/** Owners whose records a run reads. */
export type RunOwners = {
  /** Ids. */
  ids: string[];
  /** They are all that the account can see and the feed selects, so that a request need not name them. */
  all: boolean;
};

/** A part of a window that is still to be cut into slices. */
export type Range = Slice & {
  /** Records that the source counted in it. */
  count: number;
  /** Where `from` is `null`: when its oldest record was last modified. Unset: nobody has asked yet. */
  oldest?: Instant | undefined;
};

/** Records of a slice at most, where time can be split. */
export const SLICE_RECORDS_MAX = 50_000;

/** Slices that are planned for a lane at a time. */
export const SLICES_PLANNED_OF_LANE = 2;
/**
 * Slices that a lane would still have if all were as large. It is more than are planned: large ones come first
 * and small ones last, so that the lanes end together.
 */
const SLICES_OF_LANE = 3;
/** A slice ends with a page that is not full, and with a count. */
const PAGES_OF_SLICE_MIN = 2;

/** Records that the next slices may have. Without ids to begin behind: one page. */
export function recordsOfSlice(run: {
  /** Records that are not planned yet. */
  unplanned: number;
  lanes: number;
  pageSize: number;
  keyset: boolean;
}): number {
  const { unplanned, lanes, pageSize, keyset } = run;
  if (!keyset) return pageSize;
  if (lanes === 1) return SLICE_RECORDS_MAX;
  const even = Math.ceil(unplanned / (lanes * SLICES_OF_LANE));
  return Math.min(Math.max(even, PAGES_OF_SLICE_MIN * pageSize), SLICE_RECORDS_MAX);
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
