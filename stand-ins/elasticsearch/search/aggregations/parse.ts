import {
  type ApiError,
  contentError,
  illegalArgument,
  notInStandIn,
  parsingError,
  refuseUnknownFields,
} from '../../errors.ts';
import { asText, isObject, type JsonObject, toList } from '../../json/exact.ts';
import { parseQuery } from '../query.ts';
import { type Query } from '../query-tree.ts';
import { parseSort, type SortKey } from '../sort.ts';
import { type SourceFilter, sourceOfBody, WHOLE_SOURCE } from '../source-filter.ts';

export type MetricKind = 'avg' | 'cardinality' | 'max' | 'min' | 'sum' | 'value_count';

interface Named {
  readonly name: string;
  readonly inner: readonly Aggregation[];
}

export interface TermsAggregation extends Named {
  readonly kind: 'terms';
  readonly field: string;
  readonly size: number;
  readonly least: number;
  /** `_key`, `_count` or the name of an inner metric; true: descending. */
  readonly order: readonly (readonly [string, boolean])[];
  readonly missing: unknown;
}

export interface CompositeSource {
  readonly name: string;
  readonly field: string;
  readonly descending: boolean;
  readonly missingBucket: boolean;
}

export interface CompositeAggregation extends Named {
  readonly kind: 'composite';
  readonly size: number;
  readonly sources: readonly CompositeSource[];
  readonly after: JsonObject | null;
}

export interface HistogramAggregation extends Named {
  readonly kind: 'date_histogram';
  readonly field: string;
  readonly calendar: string | null;
  readonly fixed: string | null;
  readonly least: number;
}

export interface TopHitsAggregation extends Named {
  readonly kind: 'top_hits';
  readonly from: number;
  readonly size: number;
  readonly sort: readonly SortKey[];
  readonly source: SourceFilter;
}

export type Aggregation =
  | CompositeAggregation
  | HistogramAggregation
  | TermsAggregation
  | TopHitsAggregation
  | (Named & { readonly kind: 'filter'; readonly query: Query })
  | (Named & { readonly kind: 'missing'; readonly field: string })
  | (Named & { readonly kind: MetricKind; readonly field: string });

type Without<T> = T extends unknown ? Omit<T, 'inner' | 'name'> : never;
type Bare = Without<Aggregation>;

/** Aggregations that the real server has and this stand-in does not. */
const OTHERS = new Set(
  `adjacency_matrix auto_date_histogram avg_bucket boxplot bucket_script bucket_selector bucket_sort categorize_text
children cumulative_sum date_range derivative diversified_sampler extended_stats filters geo_bounds geo_centroid
geohash_grid geotile_grid global histogram ip_prefix ip_range matrix_stats max_bucket median_absolute_deviation
min_bucket moving_fn multi_terms nested parent percentile_ranks percentiles random_sampler range rare_terms rate
reverse_nested sampler scripted_metric significant_terms significant_text stats stats_bucket string_stats sum_bucket
t_test top_metrics variable_width_histogram weighted_avg`.split(/\s+/),
);

/** `aggs` of a body. @throws {ApiError} 400 for what is none, 501 for what is missing here */
export function parseAggregations(given: unknown): Aggregation[] {
  if (!isObject(given)) return [];
  return Object.entries(given).map(([name, value]) => {
    if (/[[\]>]/.test(name)) {
      throw parsingError(
        `Invalid aggregation name [${name}]. Aggregation names can contain any character except '[', ']', and '>'`,
      );
    }
    return parseOne(name, isObject(value) ? value : {});
  });
}

function parseOne(name: string, given: JsonObject): Aggregation {
  const inner: Aggregation[] = [];
  let found: [string, unknown] | null = null;
  for (const [key, value] of Object.entries(given)) {
    if (key === 'aggs' || key === 'aggregations') inner.push(...parseAggregations(value));
    else if (key !== 'meta') found ??= [key, value];
  }
  if (found === null) {
    throw parsingError(`Missing definition for aggregation [${name}]`);
  }
  const [kind, value] = found;
  const options = isObject(value) ? value : {};
  return { ...parseKind(kind, options), name, inner };
}

function parseKind(kind: string, given: JsonObject): Bare {
  switch (kind) {
    case 'max':
    case 'min':
    case 'sum':
    case 'avg':
    case 'value_count':
    case 'cardinality':
      refuse(kind, given, ['field', 'precision_threshold']);
      return { kind, field: fieldOf(given) };
    case 'missing':
      refuse(kind, given, ['field']);
      return { kind, field: fieldOf(given) };
    case 'filter':
      return { kind, query: parseQuery(given) };
    case 'terms':
      return parseTerms(given);
    case 'composite':
      return parseComposite(given);
    case 'date_histogram':
      return parseHistogram(given);
    case 'top_hits':
      return parseTopHits(given);
    default:
      throw unknownKind(kind);
  }
}

function unknownKind(kind: string): ApiError {
  return OTHERS.has(kind)
    ? notInStandIn(`the aggregation [${kind}]`)
    : parsingError(`Unknown aggregation type [${kind}]`);
}

/** Options of the real server that are missing here. */
const ABSENT = new Set([
  'exclude',
  'include',
  'missing',
  'offset',
  'script',
  'time_zone',
  'value_type',
]);

function refuse(kind: string, given: JsonObject, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!known.includes(name) && ABSENT.has(name))
      throw notInStandIn(`[${name}] of the aggregation [${kind}]`);
  }
  refuseUnknownFields(kind, given, known);
}

function fieldOf(given: JsonObject): string {
  if (typeof given['field'] === 'string') return given['field'];
  throw illegalArgument('Required one of fields [field, script], but none were specified.');
}

const TERMS = [
  'collect_mode',
  'execution_hint',
  'field',
  'min_doc_count',
  'missing',
  'order',
  'shard_min_doc_count',
  'shard_size',
  'size',
];

function parseTerms(given: JsonObject): Bare {
  refuse('terms', given, TERMS);
  const asked: unknown = given['order'] ?? [];
  const order = (Array.isArray(asked) ? (asked as unknown[]) : [asked]).flatMap((item) =>
    Object.entries(isObject(item) ? item : {}).map(
      ([key, direction]) => [key, asText(direction).toLowerCase() === 'desc'] as const,
    ),
  );
  return {
    kind: 'terms',
    field: fieldOf(given),
    size: Number(given['size'] ?? 10),
    least: Number(given['min_doc_count'] ?? 1),
    order: [
      ...(order.length === 0 ? [['_count', true] as const] : order),
      ['_key', false] as const,
    ],
    missing: given['missing'] ?? null,
  };
}

const SOURCE_OPTIONS = new Set(['field', 'missing_bucket', 'order']);
const TOP_HITS_OPTIONS = new Set(['_source', 'from', 'size', 'sort']);

function parseComposite(given: JsonObject): Bare {
  refuse('composite', given, ['after', 'size', 'sources']);
  const listed: unknown[] = Array.isArray(given['sources']) ? given['sources'] : [];
  const sources = listed.flatMap((item) =>
    Object.entries(isObject(item) ? item : {}).map(([name, source]): CompositeSource => {
      const [kind, options] = Object.entries(isObject(source) ? source : {})[0] ?? ['', {}];
      if (kind !== 'terms') throw notInStandIn(`[${kind}] as a source of a composite aggregation`);
      const terms = isObject(options) ? options : {};
      const other = Object.keys(terms).find((key) => !SOURCE_OPTIONS.has(key));
      if (other !== undefined) throw notInStandIn(`[${other}] of a source`);
      return {
        name,
        field: fieldOf(terms),
        descending: terms['order'] === 'desc',
        missingBucket: terms['missing_bucket'] === true,
      };
    }),
  );
  if (sources.length === 0) throw noSources();
  const size = Number(given['size'] ?? 10);
  if (size < 1) throw notInStandIn('a composite aggregation of size 0');
  const after = given['after'];
  return { kind: 'composite', size, sources, after: isObject(after) ? after : null };
}

function noSources(): ApiError {
  return contentError('[composite] failed to parse field [sources]', {
    type: 'illegal_argument_exception',
    reason: 'Composite [sources] cannot be null or empty',
  });
}

function parseHistogram(given: JsonObject): Bare {
  const known = ['calendar_interval', 'field', 'fixed_interval', 'min_doc_count'];
  refuse('date_histogram', given, known);
  const { calendar_interval: calendar, fixed_interval: fixed } = given;
  if ((calendar === undefined) === (fixed === undefined)) {
    throw illegalArgument(
      'Required one of fields [interval, calendar_interval, fixed_interval], but none were specified. ',
    );
  }
  return {
    kind: 'date_histogram',
    field: fieldOf(given),
    calendar: calendar === undefined ? null : asText(calendar),
    fixed: fixed === undefined ? null : asText(fixed),
    least: Number(given['min_doc_count'] ?? 0),
  };
}

function parseTopHits(given: JsonObject): Bare {
  const other = Object.keys(given).find((name) => !TOP_HITS_OPTIONS.has(name));
  if (other !== undefined) throw notInStandIn(`[${other}] of top hits`);
  const { sort, _source: source } = given;
  return {
    kind: 'top_hits',
    from: Number(given['from'] ?? 0),
    size: Number(given['size'] ?? 3),
    sort: sort === undefined ? [] : parseSort(sort),
    source: source === undefined ? WHOLE_SOURCE : sourceOfBody(source),
  };
}

/** Names of the fields that an aggregation reads. */
export function fieldsOf(aggregation: Aggregation): string[] {
  if (aggregation.kind === 'composite') return aggregation.sources.map(({ field }) => field);
  return 'field' in aggregation ? toList(aggregation.field) : [];
}
