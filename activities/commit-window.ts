import { toEpochMs, toInstant, type Instant } from '../contracts/instant.ts';
import { stateIndex } from '../contracts/names.ts';
import type {
  AdvanceWatermarkInput,
  CommitWindowInput,
  CommitWindowResult,
} from '../contracts/activities.ts';
import { attempt } from './attempt/attempt.ts';
import { requireConfig } from '../window/config-hash.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { StateStore, type FeedState } from './elasticsearch/state-store.ts';
import { isSameStream } from './elasticsearch/stream-identity.ts';
import { requireStream } from './attempt/require-stream.ts';

/**
 * Stores that a window is wholly written, and advances the watermark where the window touches it. Safe to
 * repeat: the second time it says the same. Another run may commit in between; then it looks again.
 */
export function commitWindow(deps: Deps, input: CommitWindowInput): Promise<CommitWindowResult> {
  return attempt(async (signal) => {
    const { source, sink, settings } = deps;
    requireConfig(deps, findFeed(deps.feeds, input.feed), input.opened.configHash);
    // an owner that was hidden for a while has records that were not read, and is to be read whole
    const visible =
      input.counts.pages === 0
        ? input.opened.ownerIds
        : (await source.owners(signal)).map((owner) => owner.id);
    const ownerIds = input.opened.ownerIds.filter((id) => visible.includes(id));
    const stream = await requireStream(deps, input.opened.stream, signal);
    const opened = { ...input.opened, ownerIds, stream };
    const store = new StateStore(sink, stateIndex(settings.namespace));
    for (;;) {
      const { state, version } = await store.readFeed(input.feed, signal);
      const committedAt = new Date(source.clock.nowMs()).toISOString();
      const next = toCommitted(state, { ...input, opened }, committedAt, settings.overlapMs);
      if (next === null) return { watermark: null };
      if (!(await store.writeFeed(next, version, signal))) continue;
      if (opened.kind !== 'apart') await removeOutdated(store, next, signal);
      return { watermark: next.watermark };
    }
  });
}

/** What an earlier run has left is done with this commit, or belongs to a configuration that is no more. */
async function removeOutdated(
  store: StateStore,
  { feed, watermark, config_hash }: FeedState,
  signal: AbortSignal,
): Promise<void> {
  const { unfinished, version } = await store.readUnfinished(feed, signal);
  if (unfinished === null || version === null) return;
  const isOpen =
    unfinished !== 'unreadable' &&
    unfinished.progress.configHash === config_hash &&
    unfinished.progress.window.to > watermark;
  if (!isOpen) await store.removeUnfinished(feed, version, signal);
}

/**
 * The feed's state after the commit; `null` where there is none to keep: only a part of the feed was read,
 * and what was read before it is not known (never read, or the state was deleted meanwhile). Runs by hand
 * and by the Schedule may commit in any order.
 */
export function toCommitted(
  state: FeedState | null,
  { feed, runId, opened, counts, late, attention = [] }: CommitWindowInput,
  committedAt: string,
  overlapMs: number,
): FeedState | null {
  const { window, kind, ownerIds, configHash, stream = [] } = opened;
  const seen_owners = opened.seenOwners ?? state?.seen_owners ?? [];
  const last_run = {
    run_id: runId,
    from: window.from,
    to: window.to,
    committed_at: committedAt,
    counts,
    late,
    attention,
  };
  const follows = state !== null && isSame(state, opened);
  if (kind === 'whole' && !follows) {
    return {
      feed,
      watermark: window.to,
      starts_at: window.from,
      owner_ids: ownerIds,
      seen_owners,
      stream,
      config_hash: configHash,
      last_run,
    };
  }
  if (state === null) return null;
  // what was read under another configuration, or into a stream that is no more, says nothing of this one
  if (!follows) return { ...state, last_run };
  if (kind === 'apart') {
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
    seen_owners,
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
  { feed, opened, to }: AdvanceWatermarkInput,
): FeedState | null {
  const { window, kind, ownerIds, configHash, seenOwners = [], stream = [] } = opened;
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
  if (!isSame(state, opened)) return null;
  const watermark = advance(state, { from: window.from, to }, 0);
  return watermark === state.watermark
    ? null
    : { ...state, watermark, owner_ids: both(state.owner_ids, ownerIds), stream };
}

/** Whether what a state says is of this configuration and of this data stream. */
export function isSame(
  state: FeedState,
  { configHash, stream = [] }: Pick<CommitWindowInput['opened'], 'configHash' | 'stream'>,
): boolean {
  return state.config_hash === configHash && isSameStream(state.stream, stream);
}

function both(ids: readonly string[], others: readonly string[]): string[] {
  return ids.filter((id) => others.includes(id));
}

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
  { from, to }: CommitWindowInput['opened']['window'],
  overlapMs: number,
): Instant {
  return touches(state, from, overlapMs) && to > state.watermark ? to : state.watermark;
}
