import { stateIndex } from '../contracts/names.ts';
import type { CommitWindowInput, CommitWindowResult } from '../contracts/activities.ts';
import type { FeedState } from '../contracts/feed-state.ts';
import { attempt } from './attempt/attempt.ts';
import { requireConfig } from './attempt/require-config.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { StateStore } from './elasticsearch/state-store.ts';
import { toCommitted } from '../window/watermark.ts';
import { requireStream } from './attempt/require-stream.ts';

/**
 * Stores that a window is wholly written, and advances the watermark if no gap lies between them. Safe to repeat: the
 * second commit stores the same. If another run commits in between, it reads the state again.
 */
export function commitWindow(deps: Deps, input: CommitWindowInput): Promise<CommitWindowResult> {
  return attempt(async (signal) => {
    const { source, sink, settings } = deps;
    requireConfig(deps, findFeed(deps.feeds, input.feed), input.opened.configHash);
    // some records of an owner that was hidden for a while were not read: such an owner must be read whole
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
      if (opened.kind !== 'explicit') await removeOutdated(store, next, signal);
      return { watermark: next.watermark };
    }
  });
}

/** Removes an earlier run's progress that this commit covers, or that belongs to another configuration. */
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
