import { ApiError } from './api-error.ts';
import type { RecordStore } from './record-store.ts';
import type { Keyword, Value } from './tql/keywords.ts';

export interface SortKey<Parameter = Keyword> {
  keyword: Parameter;
  direction: Direction;
}

type Direction = 'asc' | 'desc' | 'nullsfirst' | 'nullslast';

/** Either the order of the ids, or a list of all slots. */
export type Order =
  | { by: 'id'; descending: boolean }
  | { by: 'list'; slots: Uint32Array; keys: readonly SortKey[] };

/**
 * Reads `sorting=<parameter> <asc|desc|nullsfirst|nullslast> …`: pairs separated by white space, not by commas.
 *
 * @throws {ApiError} 400
 * @see the vendor's "Sort Results" page
 */
export function parseSorting<Parameter>(
  text: string,
  find: (name: string) => Parameter | undefined,
): SortKey<Parameter>[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0 || words.length % 2 !== 0) {
    throw new ApiError('badRequest', 'sorting: expected pairs of a TQL parameter and a direction');
  }
  const keys: SortKey<Parameter>[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at] ?? '';
    const keyword = find(name);
    if (keyword === undefined) {
      throw new ApiError('badRequest', `sorting: unknown parameter ${JSON.stringify(name)}`);
    }
    keys.push({ keyword, direction: toDirection(words[at + 1] ?? '') });
  }
  return keys;
}

/** Keeps sorted orders until a record changes. */
export class Orders {
  readonly #store: RecordStore;
  readonly #kept = new Map<string, Uint32Array>();
  #revision = -1;

  constructor(store: RecordStore) {
    this.#store = store;
  }

  /** Without keys: an arbitrary order, neither by id nor by time, which stays the same until something changes. */
  get(keys: readonly SortKey[]): Order {
    const [first] = keys;
    if (first?.keyword.name === 'id') {
      return { by: 'id', descending: first.direction === 'desc' };
    }
    if (this.#revision !== this.#store.revision) this.#kept.clear();
    this.#revision = this.#store.revision;
    const name = keys.map((key) => `${key.keyword.name} ${key.direction}`).join(' ');
    let slots = this.#kept.get(name);
    if (slots === undefined) {
      slots = sortSlots(this.#store, Uint32Array.from({ length: this.#store.size }, index), keys);
      this.#kept.set(name, slots);
    }
    return { by: 'list', slots, keys };
  }
}

/** Sorts in place. Slots with equal keys have an arbitrary order. */
export function sortSlots(
  store: RecordStore,
  slots: Uint32Array,
  keys: readonly SortKey[],
): Uint32Array {
  const columns = keys.map(({ keyword, direction }) => {
    const values: (Value | null)[] = []; // by slot
    for (const slot of slots) values[slot] = firstValue(keyword, store, slot);
    return (a: number, b: number): number =>
      compareValues(values[a] ?? null, values[b] ?? null, direction);
  });
  return slots.sort((a, b) => {
    for (const compare of columns) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return shuffled(a) - shuffled(b);
  });
}

function toDirection(word: string): Direction {
  const lower = word.toLowerCase();
  if (lower === 'asc' || lower === 'desc' || lower === 'nullsfirst' || lower === 'nullslast') {
    return lower;
  }
  throw new ApiError('badRequest', `sorting: unknown direction ${JSON.stringify(word)}`);
}

export function compareValues(
  left: Value | null,
  right: Value | null,
  direction: Direction,
): number {
  const nulls = direction === 'nullsfirst' ? -1 : 1;
  const sign = direction === 'desc' ? -1 : 1;
  if (left === null || right === null) return left === right ? 0 : left === null ? nulls : -nulls;
  return left < right ? -sign : left > right ? sign : 0;
}

function firstValue(keyword: Keyword, store: RecordStore, slot: number): Value | null {
  return firstOf(keyword.read(store, slot));
}

/** The first of several values decides the order. */
export function firstOf(value: Value | null | readonly Value[]): Value | null {
  if (value === null || typeof value !== 'object') return value;
  return value[0] ?? null;
}

/** A bijection of 32-bit numbers: every slot gets a different one. */
export function shuffled(slot: number): number {
  let mixed = Math.imul(slot ^ (slot >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function index(_unused: unknown, at: number): number {
  return at;
}
