import type { CheckpointWindowInput, CheckpointWindowResult } from '../contracts/activities.ts';
import { stateIndex } from '../contracts/names.ts';
import { isSameData } from '../window/same-data.ts';
import { toAdvanced } from '../window/watermark.ts';
import { attempt } from './attempt/attempt.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { requireConfig } from './attempt/require-config.ts';
import { requireStream } from './attempt/require-stream.ts';
import { StateStore } from './elasticsearch/state-store.ts';

/**
 * Stores how far a window is written while it is still being read: the watermark, if it may move yet. After a change of
 * the configuration the watermark must stay until all of the feed is read. Then the progress is stored instead, because
 * a run that is terminated, or whose key expires, cannot save anything at its end. Safe to repeat.
 */
export function checkpointWindow(
  deps: Deps,
  { feed, opened: asked, to, reached }: CheckpointWindowInput,
): Promise<CheckpointWindowResult> {
  return attempt(async (signal) => {
    requireConfig(deps, findFeed(deps.feeds, feed), asked.configHash);
    const visible = new Set((await deps.source.owners(signal)).map(({ id }) => id));
    const ownerIds = asked.ownerIds.filter((id) => visible.has(id));
    const stream = await requireStream(deps, asked.stream, signal);
    const opened = { ...asked, ownerIds, stream };
    const store = new StateStore(deps.sink, stateIndex(deps.settings.namespace));
    for (;;) {
      const { state, version } = await store.readFeed(feed, signal);
      if (state !== null && !isSameData(state, opened)) {
        const progress = { ...reached.progress, stream };
        await store.keepProgress({ ...reached, progress }, deps.source.clock.nowMs(), signal);
      }
      const next = toAdvanced(state, { feed, opened, to });
      if (next === null || (await store.writeFeed(next, version, signal))) {
        return { ownerIds, stream };
      }
    }
  });
}
