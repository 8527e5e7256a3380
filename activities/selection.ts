import type { Feed } from '../contracts/feed.ts';
import type { Slice } from '../contracts/window.ts';
import type { Selection } from './threatconnect/tql.ts';

/** What a feed selects of a slice, after a cursor. */
export function toSelection(
  feed: Feed,
  slice: Pick<Slice, 'from' | 'to' | 'ownerIds'>,
  afterId: string | null = null,
): Selection {
  const { owners, types, tql } = feed;
  return { from: slice.from, to: slice.to, ownerIds: slice.ownerIds, owners, types, tql, afterId };
}
