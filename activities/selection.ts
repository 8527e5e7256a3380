import type { Feed } from '../contracts/feed.ts';
import type { Reject } from '../contracts/reject.ts';
import type { Selection } from './threatconnect/tql.ts';

/** What a feed selects of a slice, after a cursor. */
export function toSelection(
  feed: Feed,
  slice: Pick<Selection, 'from' | 'to' | 'ownerIds'>,
  afterId: string | null = null,
): Selection {
  const { owners, types, tql } = feed;
  const { from, to, ownerIds } = slice;
  return { from, to, ownerIds, owners, types, tql, afterId };
}

/**
 * The one record of a reject, as far as the feed still selects it: by its id, else by owner, type and summary,
 * which are unique together. `null` where the reject knows neither.
 */
export function toRecordSelection(
  feed: Feed,
  { indicatorId, owner, type, summary }: Pick<Reject, 'indicatorId' | 'owner' | 'type' | 'summary'>,
): Selection | null {
  const selected = toSelection(feed, { from: null, to: null, ownerIds: null });
  if (indicatorId !== null) return { ...selected, id: indicatorId };
  if (owner === null || type === null || summary === null) return null;
  return { ...selected, record: { owner, type, summary } };
}
