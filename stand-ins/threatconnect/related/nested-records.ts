import type { Selection } from '../fields.ts';
import { INDICATOR_FIELDS, selectFields } from '../fields.ts';
import { cut, limitedCollection } from '../nested-cut.ts';
import { elementsOf, type Element } from '../nested.ts';
import { joinRecords } from '../page-bytes.ts';
import { splitObject, withMembers } from '../raw-json.ts';
import type { RecordStore } from '../record-store.ts';
import { GROUPS } from './groups.ts';
import { Item } from './item.ts';
import { printItem, readFields } from './print.ts';
import type { World } from './world.ts';

const COLLECTIONS = [
  ...(['associatedGroups', 'associatedIndicators', 'attributes', 'securityLabels'] as const),
  ...(['tags', 'customAssociations', 'fileActions', 'fileOccurrences'] as const),
];

/** Whether the stored records must be changed before they are sent. */
export function needsShaping(world: World, { deep }: Selection): boolean {
  const { switches, store, crowds } = world;
  if (switches.nestedLimit !== null || deep.size > 0 || !crowds.isEmpty) return true;
  return switches.hiddenNested === 'omit' && store.owners.list.some(({ visible }) => !visible);
}

/** A record's text, with its nested collections changed for this request and the switches. */
export function shaped(
  world: World,
  store: RecordStore,
  slot: number,
  selection: Selection,
): Buffer {
  const text = joinRecords(store, [slot], selection, '', '');
  const values = new Map<string, string>();
  const members = new Map(splitObject(text).map((each) => [each.key, each]));
  for (const key of COLLECTIONS) {
    if ((selection.mask & (1 << (INDICATOR_FIELDS.indexOf(key) + 1))) === 0) continue;
    const member = members.get(key);
    const json =
      member === undefined ? '{}' : text.toString('utf8', member.valueFrom, member.valueTo);
    const made = key === 'associatedGroups' || key === 'associatedIndicators';
    const value = made
      ? associated(world, store, slot, key, json, selection)
      : cut(json, world.switches);
    if (value !== json) values.set(key, value);
  }
  return values.size === 0 ? text : withMembers(text, values);
}

function associated(
  world: World,
  store: RecordStore,
  slot: number,
  key: 'associatedGroups' | 'associatedIndicators',
  json: string,
  selection: Selection,
): string {
  const { switches, crowds } = world;
  const groups = key === 'associatedGroups';
  const stored = elementsOf(Buffer.from(json));
  const seen = stored.filter((element) => isSeen(world, element));
  const crowd =
    store === world.store && !crowds.isEmpty
      ? crowds.sizeOf(slot)[groups ? 'groups' : 'indicators']
      : 0;
  const deep = selection.deep.get(key);
  if (seen.length === stored.length && crowd === 0 && deep === undefined)
    return cut(json, switches);

  const limit = switches.nestedLimit ?? Infinity;
  const deeper =
    deep === undefined
      ? (each: Element) => each.text
      : groups
        ? deepGroup(world, deep)
        : deepIndicator(world, deep);
  const texts = seen.slice(0, limit).map(deeper);
  const total = seen.length + crowd;
  if (texts.length < limit && crowd > 0) {
    const ids = groups ? crowds.groupIdsOf(slot) : crowds.indicatorIdsOf(slot);
    for (const id of ids.slice(0, limit - texts.length)) {
      texts.push(
        groups
          ? printItem(
              world,
              GROUPS,
              new Item(id, crowds.groupText(slot, id)),
              readFields(GROUPS, deep ?? [], switches),
            )
          : crowds.indicatorText(slot, id),
      );
    }
  }
  return limitedCollection(texts, total, switches);
}

function isSeen({ store, switches }: World, { text }: Element): boolean {
  const hidden = store.owners.list.filter(({ visible }) => !visible);
  if (hidden.length === 0 || switches.hiddenNested === 'show') return true;
  const owner = new Item(-1n, text).value('ownerName');
  return !hidden.some(({ name }) => name === owner);
}

function deepGroup(world: World, names: readonly string[]): (element: Element) => string {
  const fields = readFields(GROUPS, names, world.switches);
  return (element) => {
    const item = new Item(element.id, world.groups.resolve(element));
    return printItem(world, GROUPS, item, fields);
  };
}

function deepIndicator(world: World, names: readonly string[]): (element: Element) => string {
  const selection = selectFields(names, world.switches);
  return ({ id, text }) => {
    const slot = world.store.find(id);
    if (slot === undefined || world.store.isDeleted(slot)) return text;
    return shaped(world, world.store, slot, selection).toString();
  };
}
