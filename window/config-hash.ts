import { createHash } from 'node:crypto';
import type { Feed } from '../contracts/feed.ts';

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
