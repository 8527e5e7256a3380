import { ID, member } from './columns.ts';
import type { RelatedKind } from './kind.ts';
import { sharedBy, sharedItems } from './shared.ts';

/** `/v3/securityLabels`; TLP labels belong to "System". */
export const LABELS: RelatedKind = {
  fields: { userDetails: [] },
  columns: [
    ID,
    member('name', 'string'),
    member('summary', 'string', 'name'),
    member('description', 'string'),
    member('color', 'string'),
    member('ownerName', 'string', 'owner'),
    member('dateAdded', 'date'),
  ],
  unsupported: ['owner', 'hascase', 'hasvictim'],
  rows: (world, slots) => sharedItems(world, slots, 'securityLabels'),
  subQueries: (world) => sharedBy(world, 'securityLabels'),
};
