/** A query of a request, checked as far as that is possible without an index. */
export type Query =
  | { readonly kind: 'match_all' }
  | { readonly kind: 'ids'; readonly values: readonly string[] }
  | { readonly kind: 'wildcard'; readonly field: string; readonly pattern: string }
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
  /** `must` and `filter`. */
  readonly required: readonly Query[];
  readonly should: readonly Query[];
  readonly mustNot: readonly Query[];
  /** How many of `should` have to match. */
  readonly least: number;
}

export const MATCH_ALL: Query = { kind: 'match_all' };
