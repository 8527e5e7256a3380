/** Records of a slice at most, if its time can be split. */
export const SLICE_RECORDS_MAX = 50_000;

/** Slices that are planned for a lane at a time. */
export const SLICES_PLANNED_OF_LANE = 2;
/**
 * Target number of slices per lane if all are of equal size. It is more than are planned at a time: large slices come
 * first and small ones last, so that the lanes end together.
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
