import { ConfigChangedError } from '../../contracts/errors.ts';
import type { Feed } from '../../contracts/feed.ts';
import { configHash } from '../../window/config-hash.ts';
import type { Deps } from './deps.ts';

/**
 * A run is opened, read and committed under one configuration; else it would store as read what another
 * worker never selected.
 *
 * @throws {ConfigChangedError}
 */
export function requireConfig({ source, settings }: Deps, feed: Feed, hash: string): void {
  if (configHash(source.url, feed, settings) === hash) return;
  throw new ConfigChangedError(
    `feed ${feed.name} is configured otherwise on this worker than when the run was opened: ` +
      'the settings were changed meanwhile, or workers with different settings share a task queue',
  );
}
