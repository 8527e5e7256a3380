import { type JsonObject } from '../../json/exact.ts';
import { type Index } from '../../state/index.ts';
import { type FieldType } from '../field-types.ts';
import { type Scalar } from '../values.ts';

/** The documents of one index for an aggregation. */
export interface Scope {
  readonly index: Index;
  /** In the index's log, in order. */
  readonly positions: readonly number[];
}

/** Computes the aggregations within a bucket. */
export type Inner = (scopes: readonly Scope[]) => JsonObject;

/** One bucket of an answer. @param key in one or more forms @param inner the aggregations within the bucket */
export function toBucket(key: JsonObject, own: readonly Scope[], inner: Inner): JsonObject {
  return { ...key, doc_count: countOf(own), ...inner(own) };
}

export function countOf(scopes: readonly Scope[]): number {
  return scopes.reduce((sum, { positions }) => sum + positions.length, 0);
}

/** Calls back for every document with its values of a field; there are none if its index does not have the field. */
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
  readonly #buckets = new Map<Key, Map<Index, number[]>>();

  add(key: Key, { index }: Scope, position: number): void {
    let parts = this.#buckets.get(key);
    if (parts === undefined) this.#buckets.set(key, (parts = new Map()));
    const positions = parts.get(index);
    if (positions === undefined) parts.set(index, [position]);
    else if (positions.at(-1) !== position) positions.push(position);
  }

  keys(): Key[] {
    return [...this.#buckets.keys()];
  }

  scopesOf(key: Key): Scope[] {
    const parts = this.#buckets.get(key) ?? new Map<Index, number[]>();
    return [...parts].map(([index, positions]) => ({ index, positions }));
  }
}
