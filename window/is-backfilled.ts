/** A scheduled run that starts this long after its slot belongs to a `temporal schedule backfill`. */
const BACKFILLED_AFTER_MS = 30 * 60_000;

/**
 * Whether a run of a Schedule reads its slot's own interval: such a window counts as an explicit one.
 *
 * @param scheduledMs the slot's time, epoch milliseconds
 * @param startedMs when the first run of the slot started; a run that continues as new starts later
 */
export function isBackfilled(scheduledMs: number, startedMs: number): boolean {
  return startedMs - scheduledMs > BACKFILLED_AFTER_MS;
}
