import type {
  CommitWindowInput,
  OpenedWindow,
  SaveProgressInput,
  WrittenWindow,
} from '../contracts/activities.ts';
import { NO_COUNTS } from '../contracts/counts.ts';
import { BEGINNING, type SyncFeedProgress } from '../contracts/progress.ts';
import type { RunOwners, Slice } from '../contracts/window.ts';

/** Progress of a run whose window has just been opened. */
export function toProgress({ slices, resumed, ...opened }: OpenedWindow): SyncFeedProgress {
  const state: SyncFeedProgress = {
    ...opened,
    slices: [],
    planned: 0,
    pageSizeMax: opened.pageSize,
    lightPages: 0,
    growAfter: 1,
    absentOwnerIds: [],
    counts: NO_COUNTS,
    late: 0,
    refusedPages: 0,
    attention: [],
    paused: null,
    advanced: null,
  };
  return resumed === null ? addSlices(state, slices) : { ...state, ...resumed };
}

export function addSlices(state: SyncFeedProgress, slices: Slice[]): SyncFeedProgress {
  const added = slices.map((slice, index) => ({
    number: state.planned + index + 1,
    slice,
    position: BEGINNING,
  }));
  return {
    ...state,
    slices: [...state.slices, ...added],
    planned: state.planned + added.length,
  };
}

export function isRead({ slices, rest }: SyncFeedProgress): boolean {
  return slices.length === 0 && rest.length === 0;
}

/** The owners whose records are read: all except those that were absent at a look. */
export function ownersOf({
  ownerIds,
  absentOwnerIds,
}: Pick<SyncFeedProgress, 'ownerIds' | 'absentOwnerIds'>): RunOwners {
  const ids = ownerIds.filter((id) => !absentOwnerIds.includes(id));
  return { ids, all: absentOwnerIds.length === 0 };
}

/** The window as it is committed. An owner that was absent at a look was not read to its end and is left out. */
export function toWritten(progress: SyncFeedProgress): WrittenWindow {
  const { window, kind, configHash, seenOwners, stream } = progress;
  return { window, kind, configHash, seenOwners, stream, ownerIds: ownersOf(progress).ids };
}

export function toCommit(
  feed: string,
  runId: string,
  progress: SyncFeedProgress,
): CommitWindowInput {
  const { counts, late, attention } = progress;
  return { feed, runId, opened: toWritten(progress), counts, late, attention };
}

/** Progress for another run, which is not paused. */
export function toReached(
  feed: string,
  runId: string,
  progress: SyncFeedProgress,
): SaveProgressInput {
  return { feed, runId, progress: { ...progress, paused: null } };
}

/**
 * What a run saves if it fails or is cancelled; `null` if nothing is worth it. A plan of one slice costs no request to
 * make again. An explicit window is not continued by other runs.
 */
export function toSave(
  feed: string,
  runId: string,
  progress: SyncFeedProgress,
): SaveProgressInput | null {
  const { kind, counts, planned } = progress;
  if (kind === 'explicit' || (counts.read === 0 && planned <= 1)) return null;
  return toReached(feed, runId, progress);
}
