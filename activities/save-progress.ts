import type { SaveProgressInput } from '../contracts/activities.ts';
import { stateIndex } from '../contracts/names.ts';
import { BEGINNING, type SyncFeedProgress } from '../contracts/progress.ts';
import { attempt } from './attempt/attempt.ts';
import type { Deps } from './attempt/deps.ts';
import { StateStore, type Unfinished } from './elasticsearch/state-store.ts';
import { requireStream } from './attempt/require-stream.ts';

/**
 * Keeps what a run has reached that does not come to its end. Safe to repeat.
 * @throws {StreamReplacedError} where what it has written is gone
 */
export function saveProgress(deps: Deps, input: SaveProgressInput): Promise<void> {
  return attempt(async (signal) => {
    const stream = await requireStream(deps, input.progress.stream, signal);
    const store = new StateStore(deps.sink, stateIndex(deps.settings.namespace));
    await keep(deps, store, { ...input, progress: { ...input.progress, stream } }, signal);
  });
}

/** Stores it, unless another run of the same window has read more. */
export async function keep(
  { source }: Deps,
  store: StateStore,
  { feed, runId, progress }: SaveProgressInput,
  signal: AbortSignal,
): Promise<void> {
  const saved: Unfinished = {
    feed,
    run_id: runId,
    saved_at: new Date(source.clock.nowMs()).toISOString(),
    progress: withFreshSlices(progress),
  };
  for (;;) {
    const { unfinished, version } = await store.readUnfinished(feed, signal);
    if (unfinished !== null && unfinished !== 'unreadable' && isAhead(unfinished, saved)) return;
    if (await store.writeUnfinished(saved, version, signal)) return;
  }
}

/** Of two runs of the same window, by hand and by the Schedule, the one that has read more is kept. */
function isAhead({ progress: other }: Unfinished, { progress }: Unfinished): boolean {
  return (
    other.configHash === progress.configHash &&
    other.window.from === progress.window.from &&
    other.window.to === progress.window.to &&
    other.counts.read > progress.counts.read
  );
}

/** A slice that was being proven gets all its passes again: else it could fail at once. */
function withFreshSlices(progress: SyncFeedProgress): SyncFeedProgress {
  return {
    ...progress,
    slices: progress.slices.map((slice) =>
      (slice.position.pass ?? 1) > 1 ? { ...slice, position: BEGINNING } : slice,
    ),
  };
}
