import { nestedIn } from '../nested.ts';
import type { Expression } from '../tql/parse.ts';
import { toPredicate, type Predicate } from '../tql/predicate.ts';
import { ID, member, OWNER } from './columns.ts';
import { GROUPS } from './groups.ts';
import { Item } from './item.ts';
import { vocabularyOf, type RelatedKind } from './kind.ts';
import { LABELS } from './labels.ts';
import { matchingGroups, underIndicator } from './reach.ts';
import { seenSlots, type World } from './world.ts';

const COLUMNS: RelatedKind['columns'] = [
  ID,
  member('lastModified', 'date'),
  member('dateAdded', 'date'),
  member('typeName', 'string', 'type'),
  member('source', 'string'),
  member('text', 'string', 'value'),
  member('shortText', 'string', 'value'),
  member('default', 'boolean'),
  member('pinned', 'boolean'),
  ...OWNER,
];

const UNSUPPORTED = 'type displayed associable user dateval intval maxsize'.split(' ');

/** `/v3/indicatorAttributes`. @see the vendor's "Indicator Attributes" page and indicator_attribute_filter.py */
export const INDICATOR_ATTRIBUTES: RelatedKind = {
  fields: { indicatorId: [], securityLabels: ['securityLabels'], userDetails: [] },
  columns: [...COLUMNS, parent('indicatorId')],
  unsupported: UNSUPPORTED,
  rows: (world, slots) => (slots ?? seenSlots(world)).flatMap((slot) => attributesOf(world, slot)),
  subQueries: (world) => ({
    hasindicator: underIndicator(world),
    hassecuritylabel: withLabel(world),
  }),
  extra: (_world, item, fields) => parentMember('indicatorId', item, fields),
};

/** `/v3/groupAttributes`. @see the vendor's "Filter Results With TQL" page (`fields=groupId`, `hasGroup()`) */
export const GROUP_ATTRIBUTES: RelatedKind = {
  fields: { groupId: [], securityLabels: ['securityLabels'], userDetails: [] },
  columns: [...COLUMNS, parent('groupId')],
  unsupported: UNSUPPORTED,
  rows: (world, slots) => GROUPS.rows(world, slots).flatMap(attributesOfGroup),
  subQueries: (world) => ({
    hasgroup: (inner) => {
      const ids = new Set(matchingGroups(inner, world).map(({ id }) => id));
      return ({ around }) => around.parent !== undefined && ids.has(around.parent);
    },
    hassecuritylabel: withLabel(world),
  }),
  extra: (_world, item, fields) => parentMember('groupId', item, fields),
};

function parent(name: string): RelatedKind['columns'][number] {
  return { name, type: 'integer', read: ({ around }) => around.parent ?? null };
}

function parentMember(
  name: string,
  { around }: Item,
  fields: ReadonlySet<string>,
): [string, string][] {
  return fields.has(name) && around.parent !== undefined ? [[name, String(around.parent)]] : [];
}

function attributesOf({ store }: World, slot: number): Item[] {
  const owner = store.owners.list[store.columns.owner[slot] ?? 0];
  const around = {
    parent: store.columns.id[slot] ?? -1n,
    ...(owner === undefined ? {} : { ownerId: owner.id, ownerName: owner.name }),
  };
  return nestedIn(store, slot, 'attributes').map(({ id, text }) => new Item(id, text, around));
}

function attributesOfGroup(group: Item): Item[] {
  const around = { parent: group.id, ownerName: String(group.value('ownerName')) };
  return group.nested('attributes').map((item) => {
    return new Item(item.id, `{${[...item.members].map(pair).join(',')}}`, around);
  });
}

function pair([key, json]: readonly [string, string]): string {
  return `${JSON.stringify(key)}:${json}`;
}

function withLabel(world: World) {
  return (inner: Expression): Predicate<Item> => {
    const matches = toPredicate(inner, vocabularyOf(LABELS, world), world.query);
    return (item) => item.nested('securityLabels').some(matches);
  };
}
