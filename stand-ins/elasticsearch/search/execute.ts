import { ApiError, illegalArgument, notInStandIn } from '../errors.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Index } from '../state/index.ts';
import { type Searched } from '../state/target.ts';
import { textSetting } from '../state/settings.ts';
import { compile, type Matcher } from './compile.ts';
import { checkAggregations } from './aggregations/check.ts';
import { type Scope } from './aggregations/scope.ts';
import { checkCollapse, checkSingle, firstOfEachGroup } from './collapse.ts';
import { checkDocValues } from './indexed.ts';
import { parseQuery } from './query.ts';
import { type Query } from './query-tree.ts';
import { type Match } from './match.ts';
import { type SearchRequest } from './request.ts';
import { allShardsFailed, type ShardFailure } from './shard-failures.ts';
import {
  compareValues,
  fielddataDisabled,
  type SortColumn,
  type SortKey,
  type SortValue,
  toSortColumn,
} from './sort.ts';
import { familyOf } from './values.ts';

export interface Found {
  /** Those of the asked page. */
  readonly matches: readonly Match[];
  readonly total: number;
  readonly failures: readonly ShardFailure[];
  /** What aggregations look at; empty without them. */
  readonly scopes: readonly Scope[];
}

const DEFAULT_WINDOW = 10_000;

/** @throws {ApiError} 400 where every shard failed */
export function search(
  cluster: Cluster,
  targets: readonly Searched[],
  request: SearchRequest,
): Found {
  const nowMs = cluster.clock.nowMs();
  const failures: ShardFailure[] = [];
  let matches: Match[] = [];
  let total = 0;
  const scopes: Scope[] = [];
  for (const [shard, target] of targets.entries()) {
    try {
      if (target.gone !== null) throw target.gone;
      if (target.at === null) target.index.settleForSearch();
      const found = searchIndex(target, shard, request, nowMs);
      if (request.aggregations.length > 0)
        scopes.push({ index: target.index, shard, positions: found.positions });
      total += found.total;
      matches = matches.length === 0 ? found.matches : matches.concat(found.matches);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 501) throw error;
      failures.push({ index: target.index, error });
    }
  }
  if (failures.length > 0 && failures.length === targets.length) {
    throw allShardsFailed(failures, cluster.nodeId);
  }
  matches.sort((a, b) => compareMatches(request.sort, a, b));
  if (request.collapse !== null) matches = firstOfEachGroup(request.collapse, matches);
  const page = matches.slice(request.from, request.from + request.size);
  return { matches: page, total, failures, scopes };
}

/** How many documents match. @throws {ApiError} 400 where every shard failed */
export function count(
  cluster: Cluster,
  targets: readonly Searched[],
  query: Query,
): Pick<Found, 'failures' | 'total'> {
  const nowMs = cluster.clock.nowMs();
  const failures: ShardFailure[] = [];
  let total = 0;
  for (const target of targets) {
    target.index.settleForSearch();
    try {
      total += countAll(positionsOf(target, query, nowMs));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 501) throw error;
      failures.push({ index: target.index, error });
    }
  }
  if (failures.length > 0 && failures.length === targets.length) {
    throw allShardsFailed(failures, cluster.nodeId);
  }
  return { total, failures };
}

function countAll(items: Iterator<unknown>): number {
  let total = 0;
  while (items.next().done !== true) total += 1;
  return total;
}

/** Positions of the documents that match, in order. */
export function* positionsOf(
  { index, filters, at }: Searched,
  query: Query,
  nowMs: number,
): Generator<number> {
  const matcher = compile(query, index, nowMs, at);
  const aliases = aliasMatcher(index, filters, nowMs);
  const { documents } = index;
  const isHit = (position: number): boolean => {
    const document = documents.log[position];
    return (
      document !== undefined &&
      documents.isSearchable(document, at) &&
      matcher.test(position) &&
      (aliases === null || aliases.some((one) => one.test(position)))
    );
  };
  if (matcher.candidates !== null) {
    for (const position of matcher.candidates) if (isHit(position)) yield position;
  } else {
    for (let position = 0; position < documents.log.length; position += 1) {
      if (isHit(position)) yield position;
    }
  }
}

function aliasMatcher(
  index: Index,
  filters: readonly unknown[] | null,
  nowMs: number,
): Matcher[] | null {
  if (filters === null) return null;
  return filters.map((filter) => compile(parseQuery(filter), index, nowMs));
}

interface IndexFound {
  readonly matches: Match[];
  /** Of all that matched, where aggregations ask for them. */
  readonly positions: readonly number[];
  readonly total: number;
}

/** All documents of some scopes, best first. */
export function bestMatches(scopes: readonly Scope[], sort: readonly SortKey[]): Match[] {
  const matches = scopes.flatMap(({ index, shard, positions }) => {
    const columns = sort.map((key) => toSortColumn(key, index, shard));
    return positions.flatMap((position): Match[] => {
      const document = index.documents.log[position];
      if (document === undefined) return [];
      const values = columns.map((column) => column.valueAt(position));
      return [{ index, shard, document, position, values, columns }];
    });
  });
  return matches.sort((a, b) => compareMatches(sort, a, b));
}

function searchIndex(
  target: Searched,
  shard: number,
  request: SearchRequest,
  nowMs: number,
): IndexFound {
  const { index } = target;
  checkWindow(index, request);
  checkShownFields(index, request);
  checkAggregations(request.aggregations, index);
  if (request.collapse !== null) checkCollapse(request.collapse, index, request);
  const columns = request.sort.map((key) => toSortColumn(key, index, shard));
  const after = toAfter(request, columns);
  const limit = request.from + request.size;
  let kept: Match[] = [];
  let total = 0;
  const { log } = index.documents;
  const positions: number[] = [];
  for (const position of positionsOf(target, request.query, nowMs)) {
    total += 1;
    if (request.aggregations.length > 0) positions.push(position);
    checkSingle(request.collapse, index, position);
    if (limit === 0) continue;
    const document = log[position];
    const values = columns.map((column) => column.valueAt(position));
    if (document === undefined || (after !== null && compareKeys(request.sort, values, after) <= 0))
      continue;
    if (columns.length === 0 && request.collapse === null && kept.length >= limit) continue;
    kept.push({ index, shard, document, position, values, columns });
    // twice what is asked for, so that the cost of sorting is spread over many documents
    if (kept.length >= 2 * limit + 1_000) {
      kept.sort((a, b) => compareMatches(request.sort, a, b));
      if (request.collapse !== null) kept = firstOfEachGroup(request.collapse, kept);
      kept = kept.slice(0, limit);
    }
  }
  return { matches: kept, positions, total };
}

function checkWindow(index: Index, { from, size }: SearchRequest): void {
  const window = Number(textSetting(index.settings, 'index.max_result_window') ?? DEFAULT_WINDOW);
  if (from + size > window) {
    throw illegalArgument(
      `Result window is too large, from + size must be less than or equal to: [${window}] but was [${from + size}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.`,
    );
  }
}

function checkShownFields(index: Index, { docvalueFields }: SearchRequest): void {
  for (const { field } of docvalueFields) {
    const type = index.columns.typeOf(field);
    if (type === null) continue;
    if (familyOf(type) === 'text') throw fielddataDisabled(field, index);
    checkDocValues(type);
  }
}

function toAfter(
  { searchAfter, sort }: SearchRequest,
  columns: readonly SortColumn[],
): SortValue[] | null {
  if (searchAfter === null) return null;
  if (columns.length === 0) throw illegalArgument('Sort must contain at least one field.');
  if (searchAfter.length !== sort.length) {
    throw illegalArgument(
      `search_after has ${searchAfter.length} value(s) but sort has ${sort.length}.`,
    );
  }
  if (sort.some(({ field }) => field === '_score')) throw notInStandIn('search_after by score');
  return columns.map((column, place) => column.parse(searchAfter[place]));
}

function compareKeys(
  sort: readonly SortKey[],
  a: readonly SortValue[],
  b: readonly SortValue[],
): number {
  for (const [place, key] of sort.entries()) {
    const order = compareValues(key, a[place] ?? null, b[place] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** Documents that are alike keep the order of their indices and of their arrival. */
function compareMatches(sort: readonly SortKey[], a: Match, b: Match): number {
  return compareKeys(sort, a.values, b.values) || a.shard - b.shard || a.position - b.position;
}
