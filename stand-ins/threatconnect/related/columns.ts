import { scalar, type Keyword } from '../tql/keywords.ts';
import type { ReadableColumn } from '../tql/predicate.ts';
import type { Item } from './item.ts';

type ItemColumn = ReadableColumn<Item>;

export const ID: ItemColumn = { name: 'id', type: 'integer', read: ({ id }) => id };

/** A parameter that reads one key. */
export function member(name: string, type: Keyword['type'], key = name): ItemColumn {
  return { name, type, read: (item) => scalar(item.value(key), type) };
}

/** A parameter that reads one key of every element of a collection. */
export function each(
  name: string,
  type: Keyword['type'],
  collection: string,
  key: string,
): ItemColumn {
  const read: ItemColumn['read'] = (item) =>
    item.nested(collection).flatMap((element) => {
      const value = scalar(element.value(key), type);
      return value === null ? [] : [value];
    });
  return { name, type, read };
}

/** Columns of the indicator or group that the item belongs to. */
export const OWNER: readonly ItemColumn[] = [
  { name: 'ownerName', type: 'string', read: ({ around }) => around.ownerName ?? null },
  { name: 'owner', type: 'integer', read: ({ around }) => around.ownerId ?? null },
];
