import type { AdvanceWatermarkInput, AdvanceWatermarkResult } from '../contracts/activities.ts';
import { stateIndex } from '../contracts/names.ts';
import { attempt } from './attempt.ts';
import { toAdvanced } from './commit-window.ts';
import { requireConfig } from './config-hash.ts';
import { findFeed, type Deps } from './deps.ts';
import { StateStore } from './elasticsearch/state.ts';
import { requireStream } from './require-stream.ts';

/** Advances the watermark while a window is still being read. Safe to repeat. */
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
    for (;;) {
      const { state, version } = await store.readFeed(input.feed, signal);
      const next = toAdvanced(state, { ...input, opened });
      if (next === null || (await store.writeFeed(next, version, signal))) {
        return { ownerIds, stream };
      }
    }
  });
}
