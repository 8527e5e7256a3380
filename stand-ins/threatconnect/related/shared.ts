import { nestedIn } from '../nested.ts';
import type { Vocabulary } from '../tql/predicate.ts';
import { GROUPS } from './groups.ts';
import { Item } from './item.ts';
import { matchingGroups, matchingSlots } from './reach.ts';
import { seenSlots, type World } from './world.ts';

/** The different tags or labels of these indicators; `null`: of all indicators and groups. */
export function sharedItems(world: World, slots: readonly number[] | null, key: string): Item[] {
  const items = new Map<bigint, Item>();
  const keep = (item: Item): void => {
    if (!items.has(item.id)) items.set(item.id, item);
  };
  const { store } = world;
  for (const slot of slots ?? seenSlots(world)) {
    const ownerName = store.ownerName(slot);
    for (const { id, text } of nestedIn(store, slot, key)) keep(new Item(id, text, { ownerName }));
  }
  if (slots === null) for (const group of GROUPS.rows(world, null)) group.nested(key).forEach(keep);
  return [...items.values()];
}

/** Whether a tag or label is on an indicator or a group that an inner query finds. */
export function sharedBy(world: World, key: string): Vocabulary<Item>['subQueries'] {
  return {
    hasindicator: (inner) => {
      const slots = matchingSlots(inner, world);
      const ids = new Set(slots.flatMap((slot) => nestedIn(world.store, slot, key).map(idOf)));
      return ({ id }) => ids.has(id);
    },
    hasgroup: (inner) => {
      const groups = matchingGroups(inner, world);
      const ids = new Set(groups.flatMap((group) => group.nested(key).map(idOf)));
      return ({ id }) => ids.has(id);
    },
  };
}

function idOf({ id }: { id: bigint }): bigint {
  return id;
}
