import type { WrittenWindow } from '../contracts/activities.ts';
import type { FeedState } from '../contracts/feed-state.ts';

/** Whether what a state says is about this configuration and this data stream. */
export function isSameData(
  state: Pick<FeedState, 'config_hash' | 'stream'>,
  { configHash, stream }: Pick<WrittenWindow, 'configHash' | 'stream'>,
): boolean {
  return state.config_hash === configHash && isSameStream(state.stream, stream);
}

/**
 * Whether a data stream is the one that was written to: one of its backing indices still exists. Rollovers add some
 * and lifecycles delete some.
 *
 * @param known UUIDs of backing indices; empty if nothing is known
 */
export function isSameStream(known: readonly string[], now: readonly string[]): boolean {
  return known.length === 0 || known.some((uuid) => now.includes(uuid));
}
