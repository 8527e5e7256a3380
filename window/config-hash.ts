import { createHash } from 'node:crypto';
import type { Feed } from '../contracts/feed.ts';
import type { Deps } from '../activities/attempt/deps.ts';
import { ConfigChangedError } from '../contracts/errors.ts';

/**
 * Fingerprint of what decides which documents a feed has. Where it changes, everything is read anew.
 * Credentials, lanes and page size decide nothing of that and are not in it.
 */
export function configHash(
  sourceUrl: string,
  feed: Feed,
  settings: { profile: string; expiry: string; iocExpiration: string },
): string {
  const view = [
    sourceUrl,
    [...feed.owners].sort(),
    [...feed.types].sort(),
    feed.tql,
    [...feed.fields].sort(),
    settings.profile,
    settings.expiry,
    settings.iocExpiration,
  ];
  return createHash('sha256').update(JSON.stringify(view)).digest('hex').slice(0, 32);
}

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
