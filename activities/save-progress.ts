import type { SaveProgressInput } from '../contracts/activities.ts';
import { stateIndex } from '../contracts/names.ts';
import { attempt } from './attempt/attempt.ts';
import type { Deps } from './attempt/deps.ts';
import { requireStream } from './attempt/require-stream.ts';
import { StateStore } from './elasticsearch/state-store.ts';

/**
 * Stores the progress of a run that fails or is cancelled. Safe to repeat.
 * @throws {StreamReplacedError} if the documents that it has written are gone
 */
export function saveProgress(deps: Deps, input: SaveProgressInput): Promise<void> {
  return attempt(async (signal) => {
    const stream = await requireStream(deps, input.progress.stream, signal);
    const store = new StateStore(deps.sink, stateIndex(deps.settings.namespace));
    const progress = { ...input.progress, stream };
    await store.keepProgress({ ...input, progress }, deps.source.clock.nowMs(), signal);
  });
}
