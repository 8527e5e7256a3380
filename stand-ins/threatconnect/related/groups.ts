import { selectFields } from '../fields.ts';
import { DETAIL_KEYS } from '../groups.ts';
import { collectionOf, nestedIn } from '../nested.ts';
import { joinRecords } from '../page-bytes.ts';
import type { Expression } from '../tql/parse.ts';
import { toPredicate, type Predicate, type ReadableColumn } from '../tql/predicate.ts';
import { GROUP_ATTRIBUTES } from './attributes.ts';
import { each, ID, member } from './columns.ts';
import { Item } from './item.ts';
import { vocabularyOf, type RelatedKind } from './kind.ts';
import { LABELS } from './labels.ts';
import { matchingGroups, matchingSlots } from './reach.ts';
import { TAGS } from './tags.ts';
import { seenSlots, type World } from './world.ts';

/** `/v3/groups`. @see the vendor's "Groups" page; group_filter.py in its Python framework for the parameters */
export const GROUPS: RelatedKind = {
  fields: {
    associatedArtifacts: ['associatedArtifacts'],
    associatedCases: ['associatedCases'],
    associatedGroups: ['associatedGroups'],
    associatedIndicators: ['associatedIndicators'],
    associatedVictimAssets: ['associatedVictimAssets'],
    ...Object.fromEntries(DETAIL_KEYS.map((key) => [key, [key]])),
    externalDates: ['externalDateAdded', 'externalDateExpires', 'externalLastModified'],
    insights: ['insights', 'aiProvider'],
    sightings: ['firstSeen', 'lastSeen'],
    userDetails: [],
  },
  columns: [
    ID,
    member('lastModified', 'date'),
    member('dateAdded', 'date'),
    member('typeName', 'string', 'type'),
    member('ownerName', 'string'),
    member('owner', 'integer', 'ownerId'),
    member('summary', 'string', 'name'),
    { ...each('tag', 'string', 'tags', 'name'), caseSensitive: true },
    each('securityLabel', 'string', 'securityLabels', 'name'),
  ],
  unsupported: ['type', 'parentgroup', 'childgroup', 'isgroup', 'tagowner', 'tagownername'],
  rows: (world, slots) => (slots === null ? allGroups(world) : groupsOf(world, slots)),
  subQueries: (world) => ({
    hasindicator: (inner) => {
      const slots = matchingSlots(inner, world);
      const ids = new Set(slots.flatMap((slot) => groupIds(world, slot)));
      return ({ id }) => ids.has(id);
    },
    // no group here is associated with another
    hasgroup: (inner) => {
      matchingGroups(inner, world);
      return () => false;
    },
    hasattribute: inParts(world, GROUP_ATTRIBUTES, 'attributes'),
    hastag: inParts(world, TAGS, 'tags'),
    hassecuritylabel: inParts(world, LABELS, 'securityLabels'),
  }),
  reaching: (world) => [associatedIndicator(world)],
  extra: (world, { id }, fields) => {
    if (!fields.has('associatedIndicators')) return [];
    return [['associatedIndicators', collectionOf(indicatorsOfGroup(world, id))]];
  },
};

/** Ids of the indicators that are associated with a group. The ids are collected at the first read. */
function associatedIndicator(world: World): ReadableColumn<Item> {
  let byGroup: Map<bigint, bigint[]> | null = null;
  const read = ({ id }: Item): bigint[] => (byGroup ??= indicatorsByGroup(world)).get(id) ?? [];
  return { name: 'associatedIndicator', type: 'integer', read };
}

function indicatorsByGroup(world: World): Map<bigint, bigint[]> {
  const byGroup = new Map<bigint, bigint[]>();
  for (const slot of seenSlots(world)) {
    const indicator = world.store.columns.id[slot] ?? -1n;
    for (const group of groupIds(world, slot)) {
      const known = byGroup.get(group);
      if (known === undefined) byGroup.set(group, [indicator]);
      else known.push(indicator);
    }
  }
  return byGroup;
}

function inParts(world: World, kind: RelatedKind, key: string) {
  return (inner: Expression): Predicate<Item> => {
    const matches = toPredicate(inner, vocabularyOf(kind, world), world.query);
    return (item) => item.nested(key).some(matches);
  };
}

function allGroups(world: World): Item[] {
  const items = [...world.groups.all()].map(([id, text]) => new Item(id, text));
  return items.filter(isVisible(world));
}

/** Groups of these indicators. A group of several indicators comes once, with the first of them. */
function groupsOf(world: World, slots: readonly number[]): Item[] {
  const { store, groups, crowds } = world;
  const seen = isVisible(world);
  const items = new Map<bigint, Item>();
  for (const slot of slots) {
    const parent = store.columns.id[slot] ?? -1n;
    for (const element of nestedIn(store, slot, 'associatedGroups')) {
      const item = new Item(element.id, groups.resolve(element), { parent });
      if (!items.has(item.id) && seen(item)) items.set(item.id, item);
    }
    for (const id of crowds.groupIdsOf(slot)) {
      items.set(id, new Item(id, () => crowds.groupText(slot, id), { parent }));
    }
  }
  return [...items.values()];
}

function isVisible({ store }: World): (item: Item) => boolean {
  const hidden = store.owners.list.filter(({ visible }) => !visible).map(({ name }) => name);
  return (item) => hidden.length === 0 || !hidden.includes(String(item.value('ownerName')));
}

function groupIds({ store, crowds }: World, slot: number): bigint[] {
  const stored = nestedIn(store, slot, 'associatedGroups').map(({ id }) => id);
  return [...stored, ...crowds.groupIdsOf(slot)];
}

/** Default keys of the active indicators that are associated with the group. */
function indicatorsOfGroup(world: World, group: bigint): string[] {
  const { store } = world;
  const slots = seenSlots(world).filter(
    (slot) =>
      store.isActive(slot) &&
      nestedIn(store, slot, 'associatedGroups').some(({ id }) => id === group),
  );
  return slots.map((slot) => joinRecords(store, [slot], selectFields([]), '', '').toString());
}
