import type {
  CheckpointWindowInput,
  CommitWindowInput,
  WrittenWindow,
} from '../contracts/activities.ts';
import type { FeedState } from '../contracts/feed-state.ts';
import { toEpochMs, toInstant, type Instant } from '../contracts/instant.ts';
import { isSameData } from './same-data.ts';

/**
 * True if a window that begins at `from` leaves no gap after the watermark, so that it may move the watermark.
 * @param overlapMs how far below the watermark the window must begin, to include records that became visible late
 */
export function touches(state: FeedState, from: Instant | null, overlapMs = 0): boolean {
  const reach = toInstant(toEpochMs(state.watermark) - overlapMs);
  return from === null || from <= reach || (state.starts_at !== null && from <= state.starts_at);
}

/** Moves the watermark forward only, and never over a gap. */
function advance(
  state: FeedState,
  { from, to }: WrittenWindow['window'],
  overlapMs: number,
): Instant {
  return touches(state, from, overlapMs) && to > state.watermark ? to : state.watermark;
}

/**
 * The feed's state after the commit; `null` if there is no state to keep. There is none if only a part of the feed was
 * read and nothing is known about the time before it (it was never read, or the state was deleted meanwhile). Runs by
 * hand and scheduled runs may commit in any order.
 */
export function toCommitted(
  state: FeedState | null,
  { feed, runId, opened, counts, late, attention }: CommitWindowInput,
  committedAt: string,
  overlapMs: number,
): FeedState | null {
  const { window, kind, ownerIds, configHash, seenOwners, stream } = opened;
  const last_run = {
    run_id: runId,
    from: window.from,
    to: window.to,
    committed_at: committedAt,
    counts,
    late,
    attention,
  };
  const follows = state !== null && isSameData(state, opened);
  if (kind === 'whole' && !follows) {
    return {
      feed,
      watermark: window.to,
      starts_at: window.from,
      owner_ids: ownerIds,
      seen_owners: seenOwners,
      stream,
      config_hash: configHash,
      last_run,
    };
  }
  if (state === null) return null;
  // records read under another configuration, or into a stream that no longer exists, say nothing about this one
  if (!follows) return { ...state, last_run };
  if (kind === 'explicit') {
    const watermark = advance(state, window, overlapMs);
    const owner_ids =
      watermark === state.watermark ? state.owner_ids : both(state.owner_ids, ownerIds);
    return { ...state, last_run, watermark, owner_ids, stream };
  }
  // the list of owners is that of the newest window
  const owner_ids = window.to < state.watermark ? state.owner_ids : ownerIds;
  return {
    ...state,
    last_run,
    owner_ids,
    seen_owners: seenOwners,
    stream,
    watermark: advance(state, window, 0),
  };
}

/**
 * The feed's state after a window that is still being read is written up to `to`. `null` if the state does not change,
 * or if only the commit may change it: after a change of the configuration the old watermark stays until everything is
 * read again.
 */
export function toAdvanced(
  state: FeedState | null,
  { feed, opened, to }: Pick<CheckpointWindowInput, 'feed' | 'opened' | 'to'>,
): FeedState | null {
  const { window, kind, ownerIds, configHash, seenOwners, stream } = opened;
  if (state === null) {
    if (kind !== 'whole') return null;
    return {
      feed,
      watermark: to,
      starts_at: window.from,
      owner_ids: ownerIds,
      seen_owners: seenOwners,
      stream,
      config_hash: configHash,
      last_run: null,
    };
  }
  if (!isSameData(state, opened)) return null;
  const watermark = advance(state, { from: window.from, to }, 0);
  return watermark === state.watermark
    ? null
    : { ...state, watermark, owner_ids: both(state.owner_ids, ownerIds), stream };
}

function both(ids: readonly string[], others: readonly string[]): string[] {
  return ids.filter((id) => others.includes(id));
}
