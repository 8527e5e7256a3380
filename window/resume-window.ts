import type { OpenedWindow } from '../contracts/activities.ts';
import type { FailureType } from '../contracts/failures.ts';
import type { FeedState, Unfinished } from '../contracts/feed-state.ts';
import type { Instant } from '../contracts/instant.ts';
import { BEGINNING, type SyncFeedProgress } from '../contracts/progress.ts';
import { isSameStream } from './same-data.ts';
import { touches } from './watermark.ts';

/**
 * What a run takes over from one that failed or was cancelled.
 *
 * @param state of the feed under this configuration; `null`: nothing is committed under it
 * @param to where a window would end that begins now
 * @returns `progress: null` where there is nothing to take over; `note` says what a person should know
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
      note: 'what an earlier run has left comes from another version of the program and is not used',
    };
  }
  const { progress, run_id: runId } = unfinished;
  const { counts, expected, window, kind } = progress;
  // another run has read that window meanwhile
  if (state !== null && window.to <= state.watermark) return { progress: null, note: null };
  const reached = `${counts.read} of ${expected} records`;
  if (progress.configHash !== configHash) {
    return {
      progress: null,
      note: `${'ConfigChanged' satisfies FailureType}: run ${runId} had read ${reached} under another configuration; that is not used`,
    };
  }
  if (!isSameStream(progress.stream, stream)) {
    return {
      progress: null,
      note: `run ${runId} had read ${reached} into a data stream that is no more; that is not used`,
    };
  }
  // committing it would not move the watermark, so every run would resume it again
  const follows = state === null ? kind === 'whole' : touches(state, window.from);
  if (!follows || window.to > to) {
    return {
      progress: null,
      note: `run ${runId} had read ${reached} of a window to ${window.to}, which ${follows ? 'a clock that went back has put into the future' : 'does not follow what is committed'}; that is not used`,
    };
  }
  return {
    progress,
    note: `goes on with the window to ${window.to}, of which run ${runId} had read ${reached}`,
  };
}

/** @param visible ids of the owners that the run would read: one that has vanished was not read to its end */
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

/** Of two runs of the same window, by hand and by the Schedule, the one that has read more is kept. */
export function isAhead({ progress: other }: Unfinished, { progress }: Unfinished): boolean {
  return (
    other.configHash === progress.configHash &&
    other.window.from === progress.window.from &&
    other.window.to === progress.window.to &&
    other.counts.read > progress.counts.read
  );
}

/** A slice that was being proven gets all its passes again: else it could fail at once. */
export function withFreshSlices(progress: SyncFeedProgress): SyncFeedProgress {
  return {
    ...progress,
    slices: progress.slices.map((slice) =>
      slice.position.pass > 1 ? { ...slice, position: BEGINNING } : slice,
    ),
  };
}
