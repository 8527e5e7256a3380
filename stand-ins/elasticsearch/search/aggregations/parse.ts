import {
  contentError,
  illegalArgument,
  notInStandIn,
  parsingError,
  refuseUnknownFields,
} from '../../errors.ts';
import { isObject, type JsonObject } from '../../json/exact.ts';
import { parseTimeMs } from '../../text/time.ts';

export type MetricKind = 'cardinality' | 'max' | 'min' | 'sum';

interface Named {
  readonly name: string;
  readonly inner: readonly Aggregation[];
}

export interface TermsAggregation {
  readonly kind: 'terms';
  readonly field: string;
  readonly size: number;
}

export interface CompositeSource {
  readonly name: string;
  readonly field: string;
}

export interface CompositeAggregation {
  readonly kind: 'composite';
  readonly size: number;
  readonly sources: readonly CompositeSource[];
  readonly after: JsonObject | null;
}

export interface HistogramAggregation {
  readonly kind: 'date_histogram';
  readonly field: string;
  readonly stepMs: number;
}

/** Documents up to a date. */
export interface RangeAggregation {
  readonly kind: 'date_range';
  readonly field: string;
  readonly to: readonly string[];
}

export type Bare =
  | CompositeAggregation
  | RangeAggregation
  | HistogramAggregation
  | TermsAggregation
  | { readonly kind: MetricKind; readonly field: string };

export type Aggregation = Bare & Named;

const DEFAULT_SIZE = 10;

/** `aggs` of a body. @throws {ApiError} 400 for one that is wrong, or that the stand-in does not know */
export function parseAggregations(given: unknown): Aggregation[] {
  return Object.entries(isObject(given) ? given : {}).map(([name, value]) =>
    parseNamed(name, isObject(value) ? value : {}),
  );
}

function parseNamed(name: string, { aggs, ...rest }: JsonObject): Aggregation {
  const [[kind, options] = ['', {}], second] = Object.entries(rest);
  if (second !== undefined) throw parsingError(`Found two aggregations in [${name}]`);
  const bare = parseKind(kind, isObject(options) ? options : {});
  return { ...bare, name, inner: parseAggregations(aggs) };
}

function parseKind(kind: string, given: JsonObject): Bare {
  switch (kind) {
    case 'cardinality':
    case 'max':
    case 'min':
    case 'sum':
      refuseUnknownFields(kind, given, ['field']);
      return { kind, field: fieldOf(given) };
    case 'terms':
      refuseUnknownFields(kind, given, ['field', 'size']);
      return { kind, field: fieldOf(given), size: Number(given['size'] ?? DEFAULT_SIZE) };
    case 'composite':
      return parseComposite(given);
    case 'date_histogram':
      return parseHistogram(given);
    case 'date_range':
      return parseRange(given);
    default:
      throw parsingError(`Unknown aggregation type [${kind}] in this stand-in`);
  }
}

function fieldOf(given: JsonObject): string {
  if (typeof given['field'] === 'string') return given['field'];
  throw illegalArgument('Required one of fields [field, script], but none were specified.');
}

function parseComposite(given: JsonObject): Bare {
  refuseUnknownFields('composite', given, ['after', 'size', 'sources']);
  const { after, size = DEFAULT_SIZE } = given;
  const listed: unknown[] = Array.isArray(given['sources']) ? given['sources'] : [];
  const sources = listed.flatMap((item) =>
    Object.entries(isObject(item) ? item : {}).map(([name, source]): CompositeSource => {
      const [kind = '', options] = Object.entries(isObject(source) ? source : {})[0] ?? [];
      if (kind !== 'terms') throw notInStandIn(`[${kind}] as a source of a composite aggregation`);
      const terms = isObject(options) ? options : {};
      refuseUnknownFields('terms', terms, ['field']);
      return { name, field: fieldOf(terms) };
    }),
  );
  if (sources.length === 0) throw contentError('Composite [sources] cannot be null or empty');
  return { kind: 'composite', size: Number(size), sources, after: isObject(after) ? after : null };
}

const INTERVALS: Readonly<Record<string, string>> = { day: '1d', hour: '1h', minute: '1m' };

function parseHistogram(given: JsonObject): Bare {
  const { calendar_interval: calendar, fixed_interval: fixed } = given;
  refuseUnknownFields('date_histogram', given, ['calendar_interval', 'field', 'fixed_interval']);
  const interval = String(calendar ?? fixed);
  const stepMs = parseTimeMs('interval', INTERVALS[interval] ?? interval);
  return { kind: 'date_histogram', field: fieldOf(given), stepMs };
}

function parseRange(given: JsonObject): Bare {
  refuseUnknownFields('date_range', given, ['field', 'ranges']);
  const listed: unknown[] = Array.isArray(given['ranges']) ? given['ranges'] : [];
  const to = listed.map((item) => {
    const range = isObject(item) ? item : {};
    refuseUnknownFields('ranges', range, ['to']);
    if (typeof range['to'] !== 'string') throw notInStandIn('a range without [to]');
    return range['to'];
  });
  if (to.length === 0)
    throw illegalArgument('No [ranges] specified for the [date_range] aggregation');
  return { kind: 'date_range', field: fieldOf(given), to };
}

/** Names of the fields that an aggregation reads. */
export function fieldsOf(aggregation: Aggregation): string[] {
  if (aggregation.kind === 'composite') return aggregation.sources.map(({ field }) => field);
  return [aggregation.field];
}
