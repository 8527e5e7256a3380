import { ApiError, illegalArgument } from '../errors.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Index } from '../state/index.ts';
import { type Searched } from '../state/target.ts';
import { checkAggregations } from './aggregations/check.ts';
import { type Scope } from './aggregations/scope.ts';
import { checkCollapse, firstOfEachGroup } from './collapse.ts';
import { compile } from './compile.ts';
import { checkDocValues } from './field-types.ts';
import { type Match } from './match.ts';
import { type Query } from './query-tree.ts';
import { type SearchRequest } from './request.ts';
import { allShardsFailed, type ShardFailure } from './shard-failures.ts';
import {
  compareValues,
  type SortColumn,
  type SortKey,
  type SortValue,
  toSortColumn,
} from './sort.ts';

export interface Found {
  /** Those of the requested page. */
  readonly matches: readonly Match[];
  readonly total: number;
  readonly failures: readonly ShardFailure[];
  /** The documents for the aggregations; empty without them. */
  readonly scopes: readonly Scope[];
}

/** Largest `from` + `size`. */
const WINDOW = 10_000;

/** @throws {ApiError} 400 if every shard failed */
export function search(
  cluster: Cluster,
  targets: readonly Searched[],
  request: SearchRequest,
): Found {
  const nowMs = cluster.clock.nowMs();
  let matches: Match[] = [];
  let total = 0;
  const scopes: Scope[] = [];
  const failures = onEach(cluster, targets, (target, shard) => {
    const found = searchIndex(target, shard, request, nowMs);
    if (request.aggregations.length > 0)
      scopes.push({ index: target.index, positions: found.positions });
    total += found.total;
    matches = matches.length === 0 ? found.matches : matches.concat(found.matches);
  });
  matches.sort((a, b) => compareMatches(request.sort, a, b));
  if (request.collapse !== null) matches = firstOfEachGroup(request.collapse, matches);
  const page = matches.slice(request.from, request.from + request.size);
  return { matches: page, total, failures, scopes };
}

/** How many documents match. @throws {ApiError} 400 if every shard failed */
export function count(
  cluster: Cluster,
  targets: readonly Searched[],
  query: Query,
): Pick<Found, 'failures' | 'total'> {
  const nowMs = cluster.clock.nowMs();
  let total = 0;
  const failures = onEach(cluster, targets, (target) => {
    for (const _ of positionsOf(target, query, nowMs)) total += 1;
  });
  return { total, failures };
}

/** @returns the failures of some indices @throws {ApiError} if all indices fail */
function onEach(
  cluster: Cluster,
  targets: readonly Searched[],
  look: (target: Searched, shard: number) => void,
): ShardFailure[] {
  const failures: ShardFailure[] = [];
  for (const [shard, target] of targets.entries()) {
    try {
      if (target.gone !== null) throw target.gone;
      if (target.at === null) target.index.settle();
      look(target, shard);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 501) throw error;
      failures.push({ index: target.index, error });
    }
  }
  if (failures.length > 0 && failures.length === targets.length)
    throw allShardsFailed(failures, cluster.nodeId);
  return failures;
}

/** Positions of the documents that match, in order. */
export function* positionsOf(
  { index, at }: Searched,
  query: Query,
  nowMs: number,
): Generator<number> {
  const matcher = compile(query, index, nowMs, at);
  const { documents } = index;
  const isHit = (position: number): boolean => {
    const document = documents.log[position];
    return document !== undefined && documents.isSearchable(document, at) && matcher.test(position);
  };
  if (matcher.candidates !== null) {
    for (const position of matcher.candidates) if (isHit(position)) yield position;
  } else {
    for (let position = 0; position < documents.log.length; position += 1) {
      if (isHit(position)) yield position;
    }
  }
}

interface IndexFound {
  readonly matches: Match[];
  /** Of all that matched, if aggregations need them. */
  readonly positions: readonly number[];
  readonly total: number;
}

function searchIndex(
  target: Searched,
  shard: number,
  request: SearchRequest,
  nowMs: number,
): IndexFound {
  const { index } = target;
  const { collapse, sort } = request;
  check(index, request);
  const columns = sort.map((key) => toSortColumn(key, index, shard));
  const after = toAfter(request, columns);
  const limit = request.from + request.size;
  let kept: Match[] = [];
  let total = 0;
  const { log } = index.documents;
  const positions: number[] = [];
  for (const position of positionsOf(target, request.query, nowMs)) {
    total += 1;
    if (request.aggregations.length > 0) positions.push(position);
    if (limit === 0) continue;
    const document = log[position];
    const values = columns.map((column) => column.valueAt(position));
    if (document === undefined || (after !== null && compareKeys(sort, values, after) <= 0))
      continue;
    if (columns.length === 0 && collapse === null && kept.length >= limit) continue;
    kept.push({ index, shard, document, position, values, columns });
    // twice the requested number, so that the cost of sorting is spread over many documents
    if (kept.length >= 2 * limit + 1_000) {
      kept.sort((a, b) => compareMatches(sort, a, b));
      if (collapse !== null) kept = firstOfEachGroup(collapse, kept);
      kept = kept.slice(0, limit);
    }
  }
  return { matches: kept, positions, total };
}

/** @throws {ApiError} 400 for a request that this index cannot answer */
function check(index: Index, request: SearchRequest): void {
  const { aggregations, collapse, docvalueFields, from, size } = request;
  if (from + size > WINDOW) {
    throw illegalArgument(
      `Result window is too large, from + size must be less than or equal to: [${WINDOW}] but was [${from + size}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.`,
    );
  }
  for (const { field } of docvalueFields) {
    const type = index.columns.typeOf(field);
    if (type !== null) checkDocValues(type, index.name);
  }
  checkAggregations(aggregations, index);
  if (collapse !== null) checkCollapse(collapse, index);
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

/** Equal documents keep the order of their indices and of their arrival. */
function compareMatches(sort: readonly SortKey[], a: Match, b: Match): number {
  return compareKeys(sort, a.values, b.values) || a.shard - b.shard || a.position - b.position;
}
