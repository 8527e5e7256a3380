import { illegalArgument, invalidRequest, parsingError, refuseUnknownFields } from '../errors.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { parseTimeMs } from '../text/time.ts';
import { type Aggregation, parseAggregations } from './aggregations/parse.ts';
import { parseQuery } from './query.ts';
import { MATCH_ALL, type Query } from './query-tree.ts';
import { parseSort, SHARD_ORDER, type SortKey } from './sort.ts';

/** A field of `docvalue_fields`. */
export interface ShownField {
  readonly field: string;
  readonly format: string | undefined;
}

export interface SearchRequest {
  readonly query: Query;
  readonly from: number;
  readonly size: number;
  readonly sort: readonly SortKey[];
  readonly searchAfter: readonly unknown[] | null;
  /** The paths of the sources that hits show; true: all, false: none. */
  readonly source: boolean | readonly string[];
  readonly docvalueFields: readonly ShownField[];
  /** Up to how many hits are counted exactly; -1: none. */
  readonly trackTotalHits: number;
  /** Each value of this field has one hit. */
  readonly collapse: string | null;
  readonly aggregations: readonly Aggregation[];
  readonly pit: { readonly id: string; readonly keepAliveMs: number | null } | null;
}

const DEFAULT_TRACKED = 10_000;

const FIELDS = new Set([
  '_source',
  'aggs',
  'collapse',
  'docvalue_fields',
  'from',
  'pit',
  'query',
  'search_after',
  'size',
  'sort',
  'track_total_hits',
]);

/** @throws {ApiError} 400 for a wrong request, or one with a part that the stand-in does not know */
export function parseSearch(given: JsonObject): SearchRequest {
  const unknown = Object.keys(given).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw parsingError(`Unknown key [${unknown}] in this stand-in.`);
  const sort = given['sort'] === undefined ? [] : parseSort(given['sort']);
  const pit = parsePit(given['pit']);
  const { search_after: after = null, _source: source = true } = given;
  if (after !== null && !Array.isArray(after)) throw parsingError('[search_after] is no list');
  if (typeof source !== 'boolean' && !Array.isArray(source))
    throw parsingError('[_source] is true, false or a list in this stand-in');
  const from = integer('from', given['from'] ?? 0);
  if (after !== null && from > 0)
    throw invalidRequest('[from] parameter must be set to 0 when [search_after] is used');
  return {
    query: given['query'] === undefined ? MATCH_ALL : parseQuery(given['query']),
    from,
    size: integer('size', given['size'] ?? 10),
    sort: pit === null ? sort : withTiebreaker(sort, after),
    searchAfter: after,
    source: typeof source === 'boolean' ? source : source.map(asText),
    docvalueFields: toShownFields(given['docvalue_fields']),
    trackTotalHits: toTracked(given['track_total_hits'] ?? DEFAULT_TRACKED),
    collapse: parseCollapse(given['collapse']),
    aggregations: parseAggregations(given['aggs']),
    pit,
  };
}

/** The query of `_count`, whose body has nothing else. */
export function parseQueryOnly(given: JsonObject): Query {
  const wrong = Object.keys(given).find((name) => name !== 'query');
  if (wrong !== undefined) throw parsingError(`request does not support [${wrong}]`);
  return given['query'] === undefined ? MATCH_ALL : parseQuery(given['query']);
}

function parsePit(given: unknown): SearchRequest['pit'] {
  if (!isObject(given)) return null;
  refuseUnknownFields('pit', given, ['id', 'keep_alive']);
  const { id, keep_alive: keepAlive } = given;
  if (typeof id !== 'string') throw illegalArgument('point in time id is not provided');
  const keepAliveMs = keepAlive === undefined ? null : parseTimeMs('keep_alive', asText(keepAlive));
  return { id, keepAliveMs };
}

/** Sorted searches of a point in time have an order without ties, unless the client omitted the last value. */
function withTiebreaker(
  sort: readonly SortKey[],
  searchAfter: readonly unknown[] | null,
): readonly SortKey[] {
  const last = sort.at(-1)?.field;
  if (last === undefined || last === SHARD_ORDER.field) return sort;
  return searchAfter?.length === sort.length ? sort : [...sort, SHARD_ORDER];
}

function parseCollapse(given: unknown): string | null {
  if (given === undefined) return null;
  const collapse = isObject(given) ? given : {};
  refuseUnknownFields('collapse', collapse, ['field']);
  return asText(collapse['field']);
}

function toShownFields(given: unknown): ShownField[] {
  return (Array.isArray(given) ? (given as unknown[]) : []).map((item) => {
    const { field, format } = isObject(item) ? item : { field: item, format: undefined };
    return { field: asText(field), format: format === undefined ? undefined : asText(format) };
  });
}

function toTracked(given: unknown): number {
  if (typeof given === 'boolean') return given ? Infinity : -1;
  return integer('track_total_hits', given);
}

function integer(name: string, value: unknown): number {
  if (Number.isInteger(value) && Number(value) >= 0) return Number(value);
  throw illegalArgument(`[${name}] is a number from 0 on, not [${asText(value)}]`);
}
