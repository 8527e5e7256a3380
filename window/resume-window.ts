import type { OpenedWindow } from '../contracts/activities.ts';
import type { FailureType } from '../contracts/failures.ts';
import type { FeedState, Unfinished } from '../contracts/feed-state.ts';
import type { Instant } from '../contracts/instant.ts';
import { BEGINNING, type SyncFeedProgress } from '../contracts/progress.ts';
import { isSameStream } from './same-data.ts';
import { touches } from './watermark.ts';

/**
 * Decides whether a run continues the window of a run that failed or was cancelled.
 *
 * @param state the feed's state under this configuration; `null` if nothing is committed under it
 * @param to end of a window that would be opened now
 * @returns `progress: null` if there is nothing to continue; `note` tells a person why
 */
export function toResume(
  unfinished: Unfinished | 'unreadable' | null,
  state: FeedState | null,
  to: Instant,
  { configHash, stream }: { configHash: string; stream: readonly string[] },
): { progress: SyncFeedProgress | null; note: string | null } {
  if (unfinished === null) return { progress: null, note: null };
  if (unfinished === 'unreadable') {
    return {
      progress: null,
      note: 'the progress of an earlier run was saved by another version of the program and is not used',
    };
  }
  const { progress, run_id: runId } = unfinished;
  const { counts, expected, window, kind } = progress;
  // another run has committed that window meanwhile
  if (state !== null && window.to <= state.watermark) return { progress: null, note: null };
  const reached = `${counts.read} of ${expected} records`;
  if (progress.configHash !== configHash) {
    return {
      progress: null,
      note: `${'ConfigChanged' satisfies FailureType}: run ${runId} had read ${reached} under another configuration; its progress is not used`,
    };
  }
  if (!isSameStream(progress.stream, stream)) {
    return {
      progress: null,
      note: `run ${runId} had read ${reached} into a data stream that no longer exists; its progress is not used`,
    };
  }
  // committing it would not move the watermark, so every run would resume it again
  const follows = state === null ? kind === 'whole' : touches(state, window.from);
  if (!follows || window.to > to) {
    return {
      progress: null,
      note: `run ${runId} had read ${reached} of a window to ${window.to}, which ${follows ? 'ends in the future because a clock went back' : 'does not follow the committed windows'}; its progress is not used`,
    };
  }
  return {
    progress,
    note: `continues the window to ${window.to}, of which run ${runId} had read ${reached}`,
  };
}

/**
 * @param visible ids of the owners that are visible now: a vanished owner counts as absent, as it was not read to its
 * end
 */
export function takeOver(
  progress: SyncFeedProgress,
  visible: readonly string[],
): Omit<
  OpenedWindow,
  'pageSize' | 'lanes' | 'configHash' | 'notes' | 'deepFields' | 'seenOwners' | 'stream'
> {
  const { window, kind, slices, rest, expected, keyset, ownerIds } = progress;
  const { planned, counts, late, refusedPages, attention } = progress;
  const absentOwnerIds = ownerIds.filter(
    (id) => progress.absentOwnerIds.includes(id) || !visible.includes(id),
  );
  return {
    window,
    kind,
    slices: slices.map(({ slice }) => slice),
    resumed: { slices, planned, counts, late, refusedPages, attention, absentOwnerIds },
    rest,
    expected,
    keyset,
    ownerIds,
  };
}

/**
 * True if another run of the same window has read more. A run by hand and a scheduled run may read the same window; the
 * progress of the run that has read more is kept.
 */
export function isAhead({ progress: other }: Unfinished, { progress }: Unfinished): boolean {
  return (
    other.configHash === progress.configHash &&
    other.window.from === progress.window.from &&
    other.window.to === progress.window.to &&
    other.counts.read > progress.counts.read
  );
}

/** A slice that was being proven starts again with its first pass. Otherwise the next run could fail at once. */
export function withFreshSlices(progress: SyncFeedProgress): SyncFeedProgress {
  return {
    ...progress,
    slices: progress.slices.map((slice) =>
      slice.position.pass > 1 ? { ...slice, position: BEGINNING } : slice,
    ),
  };
}
