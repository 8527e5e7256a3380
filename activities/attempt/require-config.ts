import { ConfigChangedError } from '../../contracts/errors.ts';
import type { Feed } from '../../contracts/feed.ts';
import { configHash } from '../../window/config-hash.ts';
import type { Deps } from './deps.ts';

/**
 * A run is opened, read and committed under one configuration. Otherwise it would commit records as read that another
 * worker never selected.
 *
 * @throws {ConfigChangedError}
 */
export function requireConfig({ source, settings }: Deps, feed: Feed, hash: string): void {
  if (configHash(source.url, feed, settings) === hash) return;
  throw new ConfigChangedError(
    `feed ${feed.name} has another configuration on this worker than when the run was opened: ` +
      'the settings were changed meanwhile, or workers with different settings share a task queue',
  );
}
