import { ApiError } from '../api-error.ts';
import { envelope } from '../paging.ts';
import { readList, valuesOf } from '../parameters.ts';
import { Item } from '../related/item.ts';
import { vocabularyOf, type RelatedKind } from '../related/kind.ts';
import { printItem, readFields } from '../related/print.ts';
import { namedSlots } from '../related/reach.ts';
import { worldOf } from '../related/world.ts';
import type { Simulator } from '../simulator.ts';
import { compareValues, firstOf, parseSorting, shuffled } from '../sorting.ts';
import { parseTql } from '../tql/parse.ts';
import { columnNamed, toPredicate, type Vocabulary } from '../tql/predicate.ts';
import { json, type Answer, type ApiRequest } from './answer.ts';
import { unknownOwner } from './indicators.ts';

/**
 * A list of groups, attributes, tags or labels: envelope, paging, sorting and fields as for indicators.
 *
 * @see the vendor's "Enable Pagination", "Filter Results With TQL" and "Sort Results" pages
 */
export function listRelated(kind: RelatedKind, simulator: Simulator, request: ApiRequest): Answer {
  const { switches, store } = simulator;
  const list = readList(request.pairs, switches);
  const fields = readFields(kind, list.fields, switches);
  const world = worldOf(simulator);
  const vocabulary = vocabularyOf(kind, world);
  const expression = list.tql === null ? null : parseTql(list.tql);
  const matches =
    expression === null ? () => true : toPredicate(expression, vocabulary, world.query);
  if (list.owner !== null && store.owners.visibleNamed(list.owner) === undefined) {
    throw unknownOwner();
  }
  const isOwned = (item: Item): boolean =>
    list.owner === null || (item.around.ownerName ?? item.value('ownerName')) === list.owner;
  const found = kind
    .rows(world, namedSlots(expression, world))
    .filter((item) => matches(item) && isOwned(item));
  const sorted = sort(found, list.sorting, vocabulary);
  const page = sorted.slice(list.start, list.start + list.limit);
  const full = switches.nextToEmptyPage && page.length === list.limit;
  const { head, tail } = envelope({
    base: request.base,
    pairs: request.pairs,
    list,
    more: full || list.start + list.limit < sorted.length,
    total: list.count ? sorted.length : null,
  });
  const texts = page.map((item) => printItem(world, kind, item, fields));
  return {
    ...json(200, head + texts.join(',') + tail),
    cost: { rows: page.length, start: list.start, fields: list.fields.length },
  };
}

/** @throws {ApiError} 404 */
export function getRelated(kind: RelatedKind, simulator: Simulator, request: ApiRequest): Answer {
  const fields = readFields(kind, valuesOf(request.pairs, 'fields'), simulator.switches);
  const world = worldOf(simulator);
  const name = request.segments[1] ?? '';
  const item = kind.rows(world, null).find(({ id }) => String(id) === name);
  if (item === undefined) throw new ApiError('notFound', 'The requested resource was not found');
  return json(200, `{"data":${printItem(world, kind, item, fields)},"status":"Success"}`);
}

/** Without keys: an arbitrary order, which stays the same until something changes. */
function sort(
  items: readonly Item[],
  sorting: string | null,
  vocabulary: Vocabulary<Item>,
): Item[] {
  const keys =
    sorting === null ? [] : parseSorting(sorting, (name) => columnNamed(vocabulary, name));
  const rows = items.map((item, index) => ({
    item,
    place: shuffled(index),
    values: keys.map(({ keyword }) => firstOf(keyword.read(item))),
  }));
  rows.sort((a, b) => {
    for (const [index, { direction }] of keys.entries()) {
      const order = compareValues(a.values[index] ?? null, b.values[index] ?? null, direction);
      if (order !== 0) return order;
    }
    return a.place - b.place;
  });
  return rows.map(({ item }) => item);
}
