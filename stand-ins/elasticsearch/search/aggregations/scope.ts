import { type JsonObject } from '../../json/exact.ts';
import { type Index } from '../../state/index.ts';
import { type FieldType } from '../field-types.ts';
import { type Scalar } from '../values.ts';

/** The documents of one index that an aggregation looks at. */
export interface Scope {
  readonly index: Index;
  /** Number of the index in the search. */
  readonly shard: number;
  /** In the index's log, in order. */
  readonly positions: readonly number[];
}

/** The same index with fewer documents. */
export function narrow({ index, shard }: Scope, positions: readonly number[]): Scope {
  return { index, shard, positions };
}

/** One bucket of an answer. @param shown its key, in one or more forms */
export function toBucket(shown: JsonObject, count: number, results: JsonObject): JsonObject {
  return { ...shown, doc_count: count, ...results };
}

export function countOf(scopes: readonly Scope[]): number {
  return scopes.reduce((sum, { positions }) => sum + positions.length, 0);
}

/** Calls back for every document with its values of a field; none for a field that its index does not have. */
export function forEachDocument(
  scopes: readonly Scope[],
  field: string,
  take: (scope: Scope, position: number, values: readonly Scalar[]) => void,
): void {
  for (const scope of scopes) {
    const column = scope.index.columns.get(field);
    for (const position of scope.positions) take(scope, position, column?.at(position) ?? []);
  }
}

/** The type of a field in the first index that has it. */
export function typeIn(scopes: readonly Scope[], field: string): FieldType | null {
  for (const { index } of scopes) {
    const type = index.columns.typeOf(field);
    if (type !== null) return type;
  }
  return null;
}

/** Documents of buckets, by key. */
export class Buckets<Key> {
  readonly #buckets = new Map<Key, Map<Scope, number[]>>();

  add(key: Key, scope: Scope, position: number): void {
    let parts = this.#buckets.get(key);
    if (parts === undefined) this.#buckets.set(key, (parts = new Map()));
    const positions = parts.get(scope);
    if (positions === undefined) parts.set(scope, [position]);
    else if (positions.at(-1) !== position) positions.push(position);
  }

  has(key: Key): boolean {
    return this.#buckets.has(key);
  }

  keys(): Key[] {
    return [...this.#buckets.keys()];
  }

  scopesOf(key: Key): Scope[] {
    const parts = this.#buckets.get(key) ?? new Map<Scope, number[]>();
    return [...parts].map(([scope, positions]) => narrow(scope, positions));
  }
}
