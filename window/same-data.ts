import type { WrittenWindow } from '../contracts/activities.ts';
import type { FeedState } from '../contracts/feed-state.ts';

/** True if a state describes this configuration and this data stream. */
export function isSameData(
  state: Pick<FeedState, 'config_hash' | 'stream'>,
  { configHash, stream }: Pick<WrittenWindow, 'configHash' | 'stream'>,
): boolean {
  return state.config_hash === configHash && isSameStream(state.stream, stream);
}

/**
 * True if a data stream is still the one that was written to: one of its backing indices still exists. Rollovers add
 * backing indices and lifecycle policies delete them.
 *
 * @param known UUIDs of backing indices; empty if nothing is known
 */
export function isSameStream(known: readonly string[], now: readonly string[]): boolean {
  return known.length === 0 || known.some((uuid) => now.includes(uuid));
}
