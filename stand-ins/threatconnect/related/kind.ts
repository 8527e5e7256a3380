import type { ReadableColumn, Vocabulary } from '../tql/predicate.ts';
import type { Item } from './item.ts';
import type { World } from './world.ts';

/** One of the lists that belong to indicators. */
export interface RelatedKind {
  /** Keys that each value of `fields` adds; all others are always there. */
  fields: Readonly<Record<string, readonly string[]>>;
  columns: readonly ReadableColumn<Item>[];
  /** Parameters that the real list has and this one does not, in lower case. */
  unsupported: readonly string[];
  /**
   * The rows that the API user sees.
   *
   * @param slots only rows of these indicators; `null`: all rows
   */
  rows: (world: World, slots: readonly number[] | null) => Item[];
  subQueries: (world: World) => Vocabulary<Item>['subQueries'];
  /** Further parameters, which search other lists. */
  reaching?: (world: World) => readonly ReadableColumn<Item>[];
  /** Values of `fields` that are not in the item's own text. */
  extra?: (world: World, item: Item, fields: ReadonlySet<string>) => readonly [string, string][];
}

export function vocabularyOf(kind: RelatedKind, world: World): Vocabulary<Item> {
  return {
    columns: [...kind.columns, ...(kind.reaching?.(world) ?? [])],
    isUnsupported: (keyword) => kind.unsupported.includes(keyword.toLowerCase()),
    subQueries: kind.subQueries(world),
  };
}
