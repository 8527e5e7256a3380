/** Maximum number of records of a slice, if its time can be split. */
export const SLICE_RECORDS_MAX = 50_000;

/** Slices that are planned at a time for each lane. */
export const SLICES_PLANNED_OF_LANE = 2;
/**
 * Target number of slices per lane if all are of equal size. It is more than are planned at a time: large slices come
 * first and small ones last, so that the lanes end together.
 */
const SLICES_OF_LANE = 3;
/** Each slice costs a last page that is not full and a count, so that a slice should have at least two pages. */
const PAGES_OF_SLICE_MIN = 2;

/** Maximum number of records of the next slices. If ThreatConnect refuses `id >`, it is one page. */
export function recordsOfSlice(run: {
  /** Number of records that are not planned yet. */
  unplanned: number;
  lanes: number;
  pageSize: number;
  keyset: boolean;
  /** A lower limit than that of the program. */
  sliceRecords?: number | undefined;
}): number {
  const { unplanned, lanes, pageSize, keyset, sliceRecords = SLICE_RECORDS_MAX } = run;
  if (!keyset) return pageSize;
  const most = Math.min(sliceRecords, SLICE_RECORDS_MAX);
  if (lanes === 1) return most;
  const even = Math.ceil(unplanned / (lanes * SLICES_OF_LANE));
  return Math.min(Math.max(even, PAGES_OF_SLICE_MIN * pageSize), most);
}
