import type {
  CheckpointWindowInput,
  CommitWindowInput,
  WrittenWindow,
} from '../contracts/activities.ts';
import type { FeedState } from '../contracts/feed-state.ts';
import { toEpochMs, toInstant, type Instant } from '../contracts/instant.ts';
import { isSameData } from './same-data.ts';

/**
 * Whether the watermark may be moved by a window that begins at `from`: there is no gap between them.
 * @param overlapMs how much below the watermark the window must have read, for what became visible late
 */
export function touches(state: FeedState, from: Instant | null, overlapMs = 0): boolean {
  const reach = toInstant(toEpochMs(state.watermark) - overlapMs);
  return from === null || from <= reach || (state.starts_at !== null && from <= state.starts_at);
}

/** Forward only, and never over a gap. */
function advance(
  state: FeedState,
  { from, to }: WrittenWindow['window'],
  overlapMs: number,
): Instant {
  return touches(state, from, overlapMs) && to > state.watermark ? to : state.watermark;
}

/**
 * The feed's state after the commit; `null` where there is none to keep: only a part of the feed was read,
 * and what was read before it is not known (never read, or the state was deleted meanwhile). Runs by hand
 * and by the Schedule may commit in any order.
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
  // what was read under another configuration, or into a stream that is no more, says nothing of this one
  if (!follows) return { ...state, last_run };
  if (kind === 'explicit') {
    const watermark = advance(state, window, overlapMs);
    const owner_ids =
      watermark === state.watermark ? state.owner_ids : both(state.owner_ids, ownerIds);
    return { ...state, last_run, watermark, owner_ids, stream };
  }
  // the list of owners belongs to the newest window
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
 * The feed's state when a window that is being read is written up to an instant; `null` where it says nothing
 * new, or is to be said by the commit: under a changed configuration the old watermark stays until everything
 * is read again.
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
