import type { Feed } from '../../contracts/feed.ts';
import type { Reject } from '../../contracts/reject.ts';
import type { RunOwners } from '../../contracts/window.ts';
import type { Selection } from './tql.ts';

type Part = Pick<Selection, 'from' | 'to' | 'ownerIds'>;

/**
 * The part of a feed's records that lies in a part of a window.
 *
 * @param owners that the run reads; unset: those that the feed names. ThreatConnect refuses a request that names an
 *   owner that the account cannot see. Therefore owners are named only if the run does not read all of them, and only
 *   those that were visible at the last look.
 */
export function toSelection(
  feed: Feed,
  { from, to, ownerIds }: Part,
  owners?: RunOwners,
): Selection {
  const { types, tql } = feed;
  const common = { from, to, types, tql, afterId: null };
  if (owners === undefined) return { ...common, owners: feed.owners, ownerIds };
  if (ownerIds !== null) {
    return { ...common, owners: [], ownerIds: ownerIds.filter((id) => owners.ids.includes(id)) };
  }
  const isAll = owners.all && feed.owners.length === 0;
  return { ...common, owners: [], ownerIds: isAll ? null : owners.ids };
}

/** True if a selection has no owner left: no request can be sent. */
export function isOfNobody({ ownerIds }: Selection): boolean {
  return ownerIds !== null && ownerIds.length === 0;
}

/**
 * Selects the record of a reject, if the feed still selects it: by its id; else by owner, type and summary, which are
 * unique together; else the whole range in which it stands. `null` if the reject knows none of them.
 */
export function toRecordSelection(
  feed: Feed,
  {
    indicatorId,
    owner,
    type,
    summary,
    range,
  }: Pick<Reject, 'indicatorId' | 'owner' | 'type' | 'summary' | 'range'>,
  owners: RunOwners,
): Selection | null {
  const selected = toSelection(feed, { from: null, to: null, ownerIds: null }, owners);
  if (indicatorId !== null) return { ...selected, ids: [indicatorId] };
  if (owner !== null && type !== null && summary !== null) {
    return { ...selected, record: { owner, type, summary } };
  }
  if (range === null) return null;
  return { ...toSelection(feed, range, owners), afterId: range.afterId, beforeId: range.beforeId };
}
