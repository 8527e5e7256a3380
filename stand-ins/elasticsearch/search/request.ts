import {
  ApiError,
  contentError,
  illegalArgument,
  invalidRequest,
  notInStandIn,
  parsingError,
  refuseUnknownFields,
} from '../errors.ts';
import { type Asked } from '../http/asked.ts';
import { asText, isObject } from '../json/exact.ts';
import { parseTimeMs } from '../text/time.ts';
import { type Aggregation, parseAggregations } from './aggregations/parse.ts';
import { parseQuery } from './query.ts';
import { MATCH_ALL, type Query } from './query-tree.ts';
import { parseSort, parseSortParameter, type SortKey } from './sort.ts';
import {
  type SourceFilter,
  sourceOfBody,
  sourceOfParameters,
  WHOLE_SOURCE,
} from './source-filter.ts';

/** A field that hits are to show beside their source. */
export interface ShownField {
  readonly field: string;
  readonly format: string | null;
}

export interface SearchRequest {
  readonly query: Query;
  readonly from: number;
  readonly size: number;
  readonly sort: readonly SortKey[];
  readonly searchAfter: readonly unknown[] | null;
  readonly source: SourceFilter;
  readonly fields: readonly ShownField[];
  readonly docvalueFields: readonly ShownField[];
  /** Up to how many hits are counted exactly. */
  readonly trackTotalHits: number;
  readonly version: boolean;
  readonly seqNoPrimaryTerm: boolean;
  /** Field of which each value has one hit. */
  readonly collapse: string | null;
  readonly aggregations: readonly Aggregation[];
  readonly pit: PitRequest | null;
}

/** `pit` of a body. */
export interface PitRequest {
  readonly id: string;
  readonly keepAlive: string | null;
  readonly keepAliveMs: number | null;
}

const DEFAULT_TRACKED = 10_000;

const FIELDS = new Set([
  '_source',
  'aggregations',
  'aggs',
  'collapse',
  'docvalue_fields',
  'explain',
  'fields',
  'from',
  'min_score',
  'pit',
  'post_filter',
  'profile',
  'query',
  'search_after',
  'seq_no_primary_term',
  'size',
  'sort',
  'stats',
  'timeout',
  'track_scores',
  'track_total_hits',
  'version',
]);
const OBJECTS = new Set(['aggregations', 'aggs', 'collapse', 'pit', 'query']);
const ABSENT = new Set([
  'ext',
  'highlight',
  'indices_boost',
  'knn',
  'min_score',
  'post_filter',
  'rank',
  'rescore',
  'retriever',
  'runtime_mappings',
  'script_fields',
  'slice',
  'stored_fields',
  'suggest',
  'terminate_after',
]);

/** What of a search decides how a hit is shown. */
export type HitOptions = Pick<
  SearchRequest,
  'collapse' | 'docvalueFields' | 'fields' | 'seqNoPrimaryTerm' | 'sort' | 'source' | 'version'
>;

/** @throws {ApiError} 400 for what the server would refuse before it looks at an index, 501 for what is missing here */
export function parseSearch(call: Pick<Asked, 'body' | 'parameters'>): SearchRequest {
  const { body, parameters } = call;
  const given = body.optionalObject();
  for (const [name, value] of Object.entries(given)) {
    if (ABSENT.has(name)) throw notInStandIn(`[${name}] of a search`);
    const wrongType = OBJECTS.has(name)
      ? !isObject(value)
      : name === 'search_after' && !Array.isArray(value);
    if (!FIELDS.has(name) || wrongType) throw unknownKey(name);
  }
  for (const name of ['explain', 'profile']) {
    if (given[name] === true || parameters.flag(name)) throw notInStandIn(`[${name}] of a search`);
  }
  const sortText = parameters.text('sort');
  const sort = sortText === undefined ? toSort(given['sort']) : parseSortParameter(sortText);
  const pit = parsePit(given['pit']);
  const aggsName = given['aggs'] === undefined ? 'aggregations' : 'aggs';
  const from = parameters.integer('from') ?? integer(given['from']) ?? 0;
  const size = parameters.integer('size') ?? integer(given['size']) ?? 10;
  const searchAfter = Array.isArray(given['search_after'])
    ? (given['search_after'] as unknown[])
    : null;
  if (size < 0) throw illegalArgument(`[size] parameter cannot be negative, found [${size}]`);
  if (from < 0) throw illegalArgument(`[from] parameter cannot be negative but was [${from}]`);
  if (searchAfter !== null && from > 0) {
    throw invalidRequest('[from] parameter must be set to 0 when [search_after] is used');
  }
  const timeout = parameters.text('timeout') ?? given['timeout'];
  if (timeout !== undefined) parseTimeMs('timeout', asText(timeout));
  return {
    query: given['query'] === undefined ? MATCH_ALL : parseQuery(given['query']),
    from,
    size,
    sort: pit === null ? sort : withTiebreaker(sort, searchAfter),
    searchAfter,
    source: toSource(call, given['_source']),
    fields: toShownFields(given['fields']),
    docvalueFields: toShownFields(parameters.list('docvalue_fields') ?? given['docvalue_fields']),
    trackTotalHits: toTracked(parameters.text('track_total_hits') ?? given['track_total_hits']),
    version: parameters.flag('version', given['version'] === true),
    seqNoPrimaryTerm: parameters.flag('seq_no_primary_term', given['seq_no_primary_term'] === true),
    collapse: parseCollapse(given['collapse']),
    aggregations: parseAggregations(given[aggsName]),
    pit,
  };
}

function parsePit(given: unknown): PitRequest | null {
  if (!isObject(given)) return null;
  refuseUnknownFields('pit', given, ['id', 'keep_alive']);
  const { id, keep_alive: keepAlive } = given;
  if (typeof id !== 'string') throw illegalArgument('point in time id is not provided');
  if (keepAlive === undefined) return { id, keepAlive: null, keepAliveMs: null };
  try {
    const text = asText(keepAlive);
    return { id, keepAlive: text, keepAliveMs: parseTimeMs('keep_alive', text) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw contentError('[pit] failed to parse field [keep_alive]', error.fault);
  }
}

/** Sorted searches of a point in time have an order without ties, unless the client left the last value out. */
function withTiebreaker(
  sort: readonly SortKey[],
  searchAfter: readonly unknown[] | null,
): readonly SortKey[] {
  const last = sort.at(-1)?.field;
  if (last === undefined || last === '_shard_doc' || last === '_doc') return sort;
  if (sort.every(({ field }) => field === '_score')) return sort;
  if (searchAfter !== null && searchAfter.length === sort.length) return sort;
  return [...sort, ...parseSortParameter('_shard_doc')];
}

function parseCollapse(given: unknown): string | null {
  if (!isObject(given)) return null;
  const other = Object.keys(given).find((name) => name !== 'field');
  if (other === 'inner_hits' || other === 'max_concurrent_group_searches')
    throw notInStandIn(`[${other}] of a collapse`);
  refuseUnknownFields('collapse', given, ['field']);
  return given['field'] === undefined ? '' : asText(given['field']);
}

/** The query of `_count` and the like, whose body has nothing else. */
export function parseQueryOnly(call: Pick<Asked, 'body' | 'parameters'>): Query {
  const given = call.body.optionalObject();
  const wrong = Object.keys(given).find((name) => name !== 'query');
  if (wrong !== undefined) {
    throw parsingError(`request does not support [${wrong}]`);
  }
  return given['query'] === undefined ? MATCH_ALL : parseQuery(given['query']);
}

function toSort(given: unknown): SortKey[] {
  return given === undefined ? [] : parseSort(given);
}

function toSource({ parameters }: Pick<Asked, 'parameters'>, given: unknown): SourceFilter {
  return sourceOfParameters(parameters) ?? (given === undefined ? WHOLE_SOURCE : bodySource(given));
}

function bodySource(given: unknown): SourceFilter {
  const known = new Set(['exclude', 'excludes', 'include', 'includes']);
  const wrong = isObject(given) ? Object.keys(given).find((name) => !known.has(name)) : null;
  if (typeof wrong === 'string') throw unknownKey(wrong);
  return sourceOfBody(given);
}

function unknownKey(name: string): ApiError {
  return parsingError(`Unknown key [${name}].`);
}

function toShownFields(given: unknown): ShownField[] {
  const list: unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given];
  return list.map((item) =>
    isObject(item)
      ? {
          field: String(item['field']),
          format: item['format'] === undefined ? null : asText(item['format']),
        }
      : { field: String(item), format: null },
  );
}

function toTracked(given: unknown): number {
  const text = asText(given ?? '');
  if (text === '' && given === undefined) return DEFAULT_TRACKED;
  if (text === 'true' || text === '') return Infinity;
  if (text === 'false') return -1;
  const limit = integer(given) ?? DEFAULT_TRACKED;
  if (limit < -1) {
    throw illegalArgument(
      `[track_total_hits] parameter must be positive or equals to -1, got ${limit}`,
    );
  }
  return limit;
}

function integer(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (/^-?\d+$/.test(asText(value))) return Number(value);
  throw new ApiError(400, {
    type: 'number_format_exception',
    reason: `For input string: "${asText(value)}"`,
  });
}
