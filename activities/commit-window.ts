import { stateIndex } from '../contracts/names.ts';
import type { CommitWindowInput, CommitWindowResult } from '../contracts/sync-feed.ts';
import { attempt } from './attempt.ts';
import type { Deps } from './deps.ts';
import { StateStore, type FeedState } from './elasticsearch/state.ts';

/**
 * Stores that a window is wholly written, and advances the watermark where the window touches it. Safe to
 * repeat: the second time it says the same. Another run may commit in between; then it looks again.
 */
export function commitWindow(deps: Deps, input: CommitWindowInput): Promise<CommitWindowResult> {
  return attempt(async (signal) => {
    const store = new StateStore(deps.sink, stateIndex(deps.settings.namespace));
    for (;;) {
      const { state, version } = await store.readFeed(input.feed, signal);
      const next = toCommitted(state, input, new Date(deps.source.clock.nowMs()).toISOString());
      if (next === null) return { watermark: null };
      if (await store.writeFeed(next, version, signal)) return { watermark: next.watermark };
    }
  });
}

/**
 * The feed's state after the commit; `null` where there is none to keep: only a part of the feed was read,
 * and what was read before it is not known (never read, or the state was deleted meanwhile).
 */
export function toCommitted(
  state: FeedState | null,
  { feed, runId, opened, counts, late }: CommitWindowInput,
  committedAt: string,
): FeedState | null {
  const { window, kind } = opened;
  const last_run = {
    run_id: runId,
    from: window.from,
    to: window.to,
    committed_at: committedAt,
    counts,
    late,
  };
  if (kind !== 'whole' && state === null) return null;
  if (kind === 'apart' && state !== null) {
    const sameConfig = state.config_hash === opened.configHash;
    return { ...state, last_run, watermark: sameConfig ? advance(state, window) : state.watermark };
  }
  return {
    feed,
    watermark: state === null ? window.to : advance(state, window),
    starts_at: kind === 'whole' ? window.from : (state?.starts_at ?? null),
    owner_ids: opened.ownerIds,
    config_hash: opened.configHash,
    last_run,
  };
}

/** Forward only, and never over a gap. */
function advance(state: FeedState, { from, to }: CommitWindowInput['opened']['window']): string {
  const touches = from === null || from <= state.watermark;
  return touches && to > state.watermark ? to : state.watermark;
}
