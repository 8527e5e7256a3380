import type { FeedToRead } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';

/** The configured feeds, and since when they are read. */
export function listFeeds(
  { feeds, settings, source }: Deps,
  _input: object,
): Promise<FeedToRead[]> {
  return attempt(async () => {
    const sinceMs =
      settings.initialIntervalMs === null ? 0 : source.clock.nowMs() - settings.initialIntervalMs;
    const from = new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z');
    return feeds.map(({ name }) => ({ feed: name, from }));
  });
}
