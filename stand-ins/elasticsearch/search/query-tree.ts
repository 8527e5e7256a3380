import { type JsonObject } from '../json/exact.ts';

/** A query of a request, checked as far as that goes without an index. */
export type Query =
  | { readonly kind: 'match_all' | 'match_none' }
  | { readonly kind: 'ids'; readonly values: readonly string[] }
  | {
      readonly kind: 'term' | 'wildcard';
      readonly field: string;
      readonly value: unknown;
    }
  | { readonly kind: 'terms'; readonly field: string; readonly values: readonly unknown[] }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'range'; readonly field: string; readonly bounds: Bounds }
  | BoolQuery;

export interface Bounds {
  readonly gt?: unknown;
  readonly gte?: unknown;
  readonly lt?: unknown;
  readonly lte?: unknown;
  readonly format?: string;
}

export interface BoolQuery {
  readonly kind: 'bool';
  readonly must: readonly Query[];
  readonly filter: readonly Query[];
  readonly should: readonly Query[];
  readonly mustNot: readonly Query[];
  readonly least: number;
}

export const MATCH_ALL: Query = { kind: 'match_all' };

/** Makes a query of its body. */
export type Parser = (given: JsonObject) => Query;
