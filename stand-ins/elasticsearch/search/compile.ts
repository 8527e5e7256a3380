import { illegalArgument, notInStandIn } from '../errors.ts';
import { asText } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { holdsAddress } from './address-ranges.ts';
import { type Column } from './columns.ts';
import { type FieldType, isSearchable, resolveField } from './field-types.ts';
import { type BoolQuery, type Bounds, type Query } from './query-tree.ts';
import { termRange, toBound } from './query-values.ts';
import { familyOf, type Scalar } from './values.ts';

/** A query made ready for one index. */
export interface Matcher {
  /** True if the document at this position in the log matches. */
  test(position: number): boolean;
  /** All matches are among these positions; `null`: every document has to be tested. */
  readonly candidates: readonly number[] | null;
}

const ALL: Matcher = { test: () => true, candidates: null };
const NONE: Matcher = { test: () => false, candidates: [] };

/**
 * @param at the refresh that the search sees; `null`: the latest
 * @throws {ApiError} for a value that the field cannot have: the failure of this index's shard
 */
export function compile(
  query: Query,
  index: Index,
  nowMs: number,
  at: number | null = null,
): Matcher {
  switch (query.kind) {
    case 'match_all':
      return ALL;
    case 'ids':
      return byIds(index, query.values, at);
    case 'terms':
      return byTerms(index, query.field, query.values, nowMs, at);
    case 'wildcard':
      return byPattern(index, query.field, query.pattern);
    case 'exists':
      return byExistence(index, query.field);
    case 'range':
      return byRange(index, query.field, query.bounds, nowMs);
    default:
      return byAll(query, index, nowMs, at);
  }
}

function byIds(index: Index, ids: readonly string[], at: number | null): Matcher {
  const { documents } = index;
  if (at !== null) {
    const wanted = new Set(ids);
    const test = (position: number): boolean => wanted.has(documents.log[position]?.id ?? '');
    return { test, candidates: null };
  }
  const positions = new Set<number>();
  for (const id of ids) {
    const document = documents.searchable(id);
    if (document !== null) positions.add(positionOf(documents.log, document.seqNo));
  }
  return among(positions);
}

function among(positions: ReadonlySet<number>): Matcher {
  return {
    test: (position) => positions.has(position),
    candidates: [...positions].sort((a, b) => a - b),
  };
}

/** Position of a sequence number in the log, which is in the order of these numbers. */
function positionOf(log: readonly { readonly seqNo: number }[], seqNo: number): number {
  let low = 0;
  let high = log.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle]?.seqNo ?? 0) < seqNo) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byTerms(
  index: Index,
  field: string,
  values: readonly unknown[],
  nowMs: number,
  at: number | null,
): Matcher {
  if (field === '_id') return byIds(index, values.map(String), at);
  const column = index.columns.get(field);
  if (column === null) return NONE;
  const { type } = column;
  if (type.type === 'ip_range') {
    return byValues(column, (range) =>
      values.some((value) => holdsAddress(String(range), asText(value))),
    );
  }
  checkSearchable(type);
  const ranges = values.map((value) => termRange(index, type, value, nowMs));
  const exact = ranges.flatMap((range) =>
    range !== null && range[0] === range[1] ? [range[0]] : [],
  );
  if (exact.length === ranges.length) return byPostings(column, exact);
  return byValues(column, (value) =>
    ranges.some((range) => range !== null && value >= range[0] && value <= range[1]),
  );
}

function byPostings(column: Column, values: readonly Scalar[]): Matcher {
  const positions = new Set<number>();
  for (const value of new Set(values))
    for (const position of column.positionsOf(value)) positions.add(position);
  return among(positions);
}

function byPattern(index: Index, field: string, pattern: string): Matcher {
  const column = index.columns.get(field);
  if (column === null) return NONE;
  checkSearchable(column.type);
  return byValues(column, (value) => matchesWildcard(pattern, String(value)));
}

function byValues(column: Column, matches: (value: Scalar) => boolean): Matcher {
  return { test: (position) => column.at(position).some(matches), candidates: null };
}

/** An object exists if one of the fields below it does. */
function byExistence(index: Index, field: string): Matcher {
  if (field === '_ignored') {
    const { log } = index.documents;
    return { test: (position) => (log[position]?.ignored.length ?? 0) > 0, candidates: null };
  }
  const column = index.columns.get(field);
  if (column !== null && !isSearchable(column.type)) return NONE;
  if (column !== null)
    return { test: (position) => column.values[position] !== undefined, candidates: null };
  if (resolveField(index.mapping, field) === 'none') return NONE;
  const inner = fieldsBelow(index, field).map((name) => byExistence(index, name));
  return {
    test: (position) => inner.some((one) => one.test(position)),
    candidates: inner.length === 0 ? [] : null,
  };
}

/** @throws {ApiError} 400 for a field that no query can look at: the failure of this index's shard */
function checkSearchable(type: FieldType): void {
  if (familyOf(type) === 'other') throw notInStandIn(`a query of the type [${type.type}]`);
  if (!isSearchable(type)) {
    throw illegalArgument(
      `Cannot search on field [${type.field}] since it is not indexed nor has doc values.`,
    );
  }
}

function fieldsBelow(index: Index, field: string): string[] {
  let node: unknown = index.mapping;
  for (const step of field.split('.')) {
    node = (node as { properties?: Record<string, unknown> } | undefined)?.properties?.[step];
  }
  const properties =
    (node as { properties?: Record<string, unknown> } | undefined)?.properties ?? {};
  return Object.keys(properties).map((name) => `${field}.${name}`);
}

function byRange(index: Index, field: string, bounds: Bounds, nowMs: number): Matcher {
  const column = index.columns.get(field);
  if (column === null) return NONE;
  const { type } = column;
  checkSearchable(type);
  const bound = (value: unknown, roundUp: boolean): Scalar | null =>
    value === undefined ? null : toBound(index, type, value, bounds.format, nowMs, roundUp);
  const gte = bound(bounds.gte, false);
  const gt = bound(bounds.gt, true);
  const lte = bound(bounds.lte, true);
  const lt = bound(bounds.lt, false);
  return byValues(
    column,
    (value) =>
      (gte === null || value >= gte) &&
      (gt === null || value > gt) &&
      (lte === null || value <= lte) &&
      (lt === null || value < lt),
  );
}

function matchesWildcard(pattern: string, text: string): boolean {
  const source = pattern
    .split(/([*?])/)
    .map((part) =>
      part === '*' ? '.*' : part === '?' ? '.' : part.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 's').test(text);
}

function byAll(query: BoolQuery, index: Index, nowMs: number, at: number | null): Matcher {
  const ready = (queries: readonly Query[]): Matcher[] =>
    queries.map((one) => compile(one, index, nowMs, at));
  const required = ready(query.required);
  const should = ready(query.should);
  const mustNot = ready(query.mustNot);
  const test = (position: number): boolean => {
    if (!required.every((one) => one.test(position))) return false;
    if (mustNot.some((one) => one.test(position))) return false;
    if (query.least === 0) return true;
    let met = 0;
    for (const one of should) if (one.test(position)) met += 1;
    return met >= query.least;
  };
  let candidates: readonly number[] | null = null;
  for (const one of required) {
    if (one.candidates === null) continue;
    if (candidates === null || one.candidates.length < candidates.length)
      candidates = one.candidates;
  }
  if (candidates === null && query.least > 0) candidates = union(should);
  return { test, candidates };
}

function union(matchers: readonly Matcher[]): readonly number[] | null {
  const positions = new Set<number>();
  for (const { candidates } of matchers) {
    if (candidates === null) return null;
    for (const position of candidates) positions.add(position);
  }
  return [...positions].sort((a, b) => a - b);
}
