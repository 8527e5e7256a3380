import { createHash } from 'node:crypto';
import type { Feed } from '../contracts/feed.ts';

/**
 * Fingerprint of all settings that decide which documents a feed has. If it changes, everything is read again.
 * Credentials, lanes and page size are not part of it: they do not change the documents.
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
