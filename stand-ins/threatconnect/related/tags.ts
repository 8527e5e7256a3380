import { ID, member, OWNER } from './columns.ts';
import type { RelatedKind } from './kind.ts';
import { sharedBy, sharedItems } from './shared.ts';

/**
 * `/v3/tags`.
 *
 * @see the vendor's "Filter Results With TQL" page: `name` is case-sensitive, `summary` is not
 */
export const TAGS: RelatedKind = {
  fields: { owner: [], userDetails: [] },
  columns: [
    ID,
    { ...member('name', 'string'), caseSensitive: true },
    member('summary', 'string', 'name'),
    member('description', 'string'),
    member('lastUsed', 'date'),
    member('techniqueId', 'string'),
    ...OWNER.filter(({ name }) => name === 'ownerName'),
  ],
  unsupported: ['owner', 'associatedcase', 'hascase', 'hasvictim', 'normalized'],
  rows: (world, slots) => sharedItems(world, slots, 'tags'),
  subQueries: (world) => sharedBy(world, 'tags'),
  extra: (_world, { around }) =>
    around.ownerName === undefined ? [] : [['owner', JSON.stringify(around.ownerName)]],
};
