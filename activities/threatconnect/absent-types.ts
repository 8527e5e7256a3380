import type { Feed } from '../../contracts/feed.ts';
import { BUILT_IN_TYPES } from '../../mapping/built-in-types.ts';
import { toSelection } from './selection.ts';
import type { ThreatConnect } from './threatconnect.ts';

const WHOLE = { from: null, to: null, ownerIds: null };

/**
 * Types of a feed that ThreatConnect does not ship and of which there is no active indicator: slips of the pen, or types
 * of an instance's own that are not in use yet. A request for each that is not shipped.
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
