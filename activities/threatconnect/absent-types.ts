import type { Feed } from '../../contracts/feed.ts';
import { BUILT_IN_TYPES } from '../../mapping/built-in-types.ts';
import { toSelection } from './selection.ts';
import type { ThreatConnect } from './threatconnect.ts';

const WHOLE = { from: null, to: null, ownerIds: null };

/**
 * Types of a feed that are not built into ThreatConnect and that no active indicator has. They may be misspelled, or
 * types of the instance's own that are not in use yet. Sends one request for each type that is not built in.
 */
export async function absentTypes(
  source: ThreatConnect,
  feed: Feed,
  signal: AbortSignal,
): Promise<string[]> {
  const absent: string[] = [];
  for (const type of feed.types.filter((name) => !BUILT_IN_TYPES.has(name))) {
    const bare = { ...feed, owners: [], types: [type], tql: null };
    if ((await source.count(toSelection(bare, WHOLE), signal)) === 0) absent.push(type);
  }
  return absent;
}
