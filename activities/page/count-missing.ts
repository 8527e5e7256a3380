import type { SyncPageResult } from '../../contracts/activities.ts';
import type { SlicePosition } from '../../contracts/progress.ts';
import type { RunOwners, Slice } from '../../contracts/window.ts';
import type { SourceQuestions } from '../../window/source-questions.ts';

/** Counts the records of a slice once more: each record that is still in it must have been read. */
export async function countMissing(
  source: Pick<SourceQuestions, 'count'>,
  slice: Slice,
  owners: RunOwners,
  { read, settledRead }: SlicePosition,
): Promise<NonNullable<SyncPageResult['ended']>> {
  const missing = (await source.count(slice, owners)) - read;
  if (missing <= 0) return { missing, settledMissing: 0 };
  if (slice.settledBefore >= slice.to) return { missing, settledMissing: missing };
  const settled = { ...slice, to: slice.settledBefore };
  const isEmpty = slice.from !== null && slice.from >= settled.to;
  const count = isEmpty ? 0 : await source.count(settled, owners);
  return { missing, settledMissing: count - settledRead };
}
