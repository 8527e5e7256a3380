import type { AdvanceWatermarkInput, AdvanceWatermarkResult } from '../contracts/activities.ts';
import { stateIndex } from '../contracts/names.ts';
import { attempt } from './attempt/attempt.ts';
import { isSame, toAdvanced } from './commit-window.ts';
import { requireConfig } from '../window/config-hash.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { StateStore } from './elasticsearch/state-store.ts';
import { requireStream } from './attempt/require-stream.ts';
import { keep } from './save-progress.ts';

/**
 * Advances the watermark while a window is still being read. Where it has to stay until all of the feed is read, as
 * under a changed configuration, what was reached is kept instead: a run that is terminated, or whose key expires,
 * can save nothing at its end. Safe to repeat.
 */
export function advanceWatermark(
  deps: Deps,
  input: AdvanceWatermarkInput,
): Promise<AdvanceWatermarkResult> {
  return attempt(async (signal) => {
    requireConfig(deps, findFeed(deps.feeds, input.feed), input.opened.configHash);
    const visible = new Set((await deps.source.owners(signal)).map(({ id }) => id));
    const ownerIds = input.opened.ownerIds.filter((id) => visible.has(id));
    const stream = await requireStream(deps, input.opened.stream, signal);
    const opened = { ...input.opened, ownerIds, stream };
    const store = new StateStore(deps.sink, stateIndex(deps.settings.namespace));
    const { reached } = input;
    for (;;) {
      const { state, version } = await store.readFeed(input.feed, signal);
      const next = toAdvanced(state, { ...input, opened });
      const hasToStay = state !== null && !isSame(state, opened);
      if (hasToStay && reached !== undefined) {
        const progress = { ...reached.progress, stream };
        await keep(deps, store, { ...reached, progress }, signal);
      }
      if (next === null || (await store.writeFeed(next, version, signal))) {
        return { ownerIds, stream };
      }
    }
  });
}
