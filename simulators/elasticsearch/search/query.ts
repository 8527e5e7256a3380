import { ApiError, illegalArgument, notInStandIn } from '../errors.ts';
import { type RequestBody } from '../http/request-body.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { type Path } from '../json/locate.ts';
import { similarNames } from '../text/similar.ts';
import { tokenOf } from '../write/bulk-lines.ts';

/** A query of a request, checked as far as that goes without an index. */
export type Query =
  | { readonly kind: 'match_all' | 'match_none' }
  | { readonly kind: 'ids'; readonly values: readonly string[] }
  | {
      readonly kind: 'term' | 'prefix' | 'wildcard' | 'match';
      readonly field: string;
      readonly value: unknown;
    }
  | { readonly kind: 'terms'; readonly field: string; readonly values: readonly unknown[] }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'range'; readonly field: string; readonly bounds: Bounds }
  | { readonly kind: 'constant_score'; readonly filter: Query }
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

/** Queries that the real server has and this stand-in does not. */
const OTHERS = [
  'boosting',
  'combined_fields',
  'dis_max',
  'distance_feature',
  'function_score',
  'fuzzy',
  'geo_bounding_box',
  'geo_distance',
  'geo_grid',
  'geo_polygon',
  'geo_shape',
  'has_child',
  'has_parent',
  'intervals',
  'knn',
  'match_bool_prefix',
  'match_phrase',
  'match_phrase_prefix',
  'more_like_this',
  'multi_match',
  'nested',
  'parent_id',
  'percolate',
  'pinned',
  'query_string',
  'rank_feature',
  'regexp',
  'rule',
  'script',
  'script_score',
  'semantic',
  'shape',
  'simple_query_string',
  'span_first',
  'span_near',
  'span_not',
  'span_or',
  'span_term',
  'sparse_vector',
  'terms_set',
  'text_expansion',
  'weighted_tokens',
  'wrapper',
];

type Parser = (body: RequestBody, given: JsonObject, path: Path) => Query;

const PARSERS: Readonly<Record<string, Parser>> = {
  bool: parseBool,
  constant_score: parseConstantScore,
  exists: parseExists,
  ids: parseIds,
  match: (body, given, path) => parseOneField('match', body, given, path, 'query'),
  match_all: () => MATCH_ALL,
  match_none: () => ({ kind: 'match_none' }),
  prefix: (body, given, path) => parseOneField('prefix', body, given, path, 'value'),
  range: parseRange,
  term: parseTerm,
  terms: parseTerms,
  wildcard: (body, given, path) => parseOneField('wildcard', body, given, path, 'value'),
};

/** @param path of the query in the body, for positions in messages */
export function parseQuery(body: RequestBody, given: unknown, path: Path): Query {
  if (!isObject(given))
    throw body.parsingError(`[_na] query malformed, must start with start_object`, path);
  const names = Object.keys(given);
  const [name, second] = names;
  if (name === undefined) {
    const { line, column } = body.position(path, 'end');
    throw illegalArgument(`query malformed, empty clause found at [${line}:${column}]`);
  }
  const parser = PARSERS[name];
  const inner = given[name];
  if (parser === undefined) throw unknownQuery(body, name, [...path, name]);
  if (!isObject(inner)) {
    throw body.parsingError(`[${name}] query malformed, no start_object after query name`, [
      ...path,
      name,
    ]);
  }
  const query = parser(body, inner, [...path, name]);
  if (second !== undefined) {
    throw body.parsingError(
      `[${name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]`,
      [...path, second],
      'key',
    );
  }
  return query;
}

function unknownQuery(body: RequestBody, name: string, path: Path): ApiError {
  if (OTHERS.includes(name)) return notInStandIn(`the query [${name}]`);
  const similar = similarNames(name, [...Object.keys(PARSERS), ...OTHERS], 0.5);
  const [first] = similar;
  const any = similar.length > 1 ? `any of [${similar.join(', ')}]` : `[${first ?? ''}]`;
  const hint = first === undefined ? '' : ` did you mean ${any}?`;
  const { line, column } = body.position(path, 'value');
  const reason = `unknown query [${name}]${hint}`;
  const root = { type: 'parsing_exception', reason, line, col: column };
  return new ApiError(400, {
    ...root,
    caused_by: {
      type: 'named_object_not_found_exception',
      reason: `[${line}:${column}] unknown field [${name}]${hint}`,
    },
  });
}

function parseBool(body: RequestBody, given: JsonObject, path: Path): Query {
  const clauses = {
    must: [] as Query[],
    filter: [] as Query[],
    should: [] as Query[],
    mustNot: [] as Query[],
  };
  let least: number | null = null;
  for (const [name, value] of Object.entries(given)) {
    const key = name === 'must_not' || name === 'mustNot' ? 'mustNot' : name;
    if (key === 'must' || key === 'filter' || key === 'should' || key === 'mustNot') {
      clauses[key].push(...parseClauses(body, value, name, [...path, name]));
    } else if (name === 'minimum_should_match') {
      least = parseLeast(value);
    } else if (name !== 'boost' && name !== '_name') {
      const { line, column } = body.position([...path, name], 'key');
      throw new ApiError(400, {
        type: 'x_content_parse_exception',
        reason: `[${line}:${column}] [bool] unknown field [${name}]`,
      });
    }
  }
  const optional = clauses.must.length + clauses.filter.length > 0;
  return {
    kind: 'bool',
    ...clauses,
    least: least ?? (optional || clauses.should.length === 0 ? 0 : 1),
  };
}

function parseLeast(value: unknown): number {
  if (/^\d+$/.test(String(value))) return Number(value);
  throw notInStandIn(`[minimum_should_match] as [${String(value)}]`);
}

function parseClauses(body: RequestBody, value: unknown, name: string, path: Path): Query[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!Array.isArray(value) && !isObject(value)) {
    const { line, column } = body.position(path, 'value');
    throw new ApiError(400, {
      type: 'x_content_parse_exception',
      reason: `[${line}:${column}] [bool] ${name} doesn't support values of type: ${tokenOf(value)}`,
    });
  }
  return list.map((item, place) => {
    try {
      return parseQuery(body, item, Array.isArray(value) ? [...path, place] : path);
    } catch (error) {
      throw error instanceof ApiError && error.status === 400 ? inClause(error, name) : error;
    }
  });
}

/** What is wrong inside of a clause, as the clause reports it. */
function inClause({ fault, roots }: ApiError, name: string): ApiError {
  const { line, col } = fault;
  const where =
    line === undefined
      ? (/^\[\d+:\d+\]/.exec(fault.reason)?.[0] ?? '')
      : `[${asText(line)}:${asText(col)}]`;
  const reason = `${where} [bool] failed to parse field [${name}]`;
  return new ApiError(
    400,
    { type: 'x_content_parse_exception', reason, caused_by: fault },
    { roots },
  );
}

function parseConstantScore(body: RequestBody, given: JsonObject, path: Path): Query {
  if (given['filter'] === undefined) {
    throw body.parsingError("[constant_score] requires a 'filter' element", path, 'end');
  }
  return { kind: 'constant_score', filter: parseQuery(body, given['filter'], [...path, 'filter']) };
}

function parseExists(body: RequestBody, given: JsonObject, path: Path): Query {
  if (typeof given['field'] !== 'string') {
    throw body.parsingError('[exists] must be provided with a [field]', path, 'end');
  }
  return { kind: 'exists', field: given['field'] };
}

function parseIds(body: RequestBody, given: JsonObject, path: Path): Query {
  const wrong = Object.keys(given).find((name) => !['_name', 'boost', 'values'].includes(name));
  if (wrong !== undefined) {
    const { line, column } = body.position([...path, wrong], 'key');
    const reason = `[${line}:${column}] [ids] unknown field [${wrong}]`;
    const value = body.position([...path, wrong], 'value');
    throw new ApiError(400, {
      type: 'parsing_exception',
      reason,
      line: value.line,
      col: value.column,
      caused_by: { type: 'x_content_parse_exception', reason },
    });
  }
  const { values } = given;
  const list: unknown[] = Array.isArray(values) ? values : values === undefined ? [] : [values];
  return { kind: 'ids', values: list.map(String) };
}

function parseTerm(body: RequestBody, given: JsonObject, path: Path): Query {
  const [field, value] = onlyField('term', body, given, path);
  if (Array.isArray(value)) {
    throw body.parsingError('[term] query does not support array of values', [...path, field]);
  }
  if (!isObject(value)) return { kind: 'term', field, value };
  const wrong = Object.keys(value).find(
    (name) => !['_name', 'boost', 'case_insensitive', 'value'].includes(name),
  );
  if (wrong !== undefined) {
    throw body.parsingError(`[term] query does not support [${wrong}]`, [...path, field, wrong]);
  }
  if (value['case_insensitive'] === true) throw notInStandIn('[case_insensitive] of a query');
  return { kind: 'term', field, value: value['value'] };
}

function parseOneField(
  kind: 'match' | 'prefix' | 'wildcard',
  body: RequestBody,
  given: JsonObject,
  path: Path,
  key: string,
): Query {
  const [field, value] = onlyField(kind, body, given, path);
  if (!isObject(value)) return { kind, field, value };
  const wrong = Object.keys(value).find((name) => !['_name', 'boost', key].includes(name));
  if (wrong !== undefined) throw notInStandIn(`[${wrong}] of a [${kind}] query`);
  return { kind, field, value: value[key] };
}

function onlyField(
  kind: string,
  body: RequestBody,
  given: JsonObject,
  path: Path,
): [string, unknown] {
  const entries = Object.entries(given).filter(([name]) => name !== 'boost' && name !== '_name');
  const [entry, second] = entries;
  if (entry === undefined) {
    throw illegalArgument('field name is null or empty');
  }
  if (second !== undefined) {
    throw body.parsingError(
      `[${kind}] query doesn't support multiple fields, found [${entry[0]}] and [${second[0]}]`,
      [...path, second[0]],
    );
  }
  return entry;
}

function parseTerms(body: RequestBody, given: JsonObject, path: Path): Query {
  const entries = Object.entries(given).filter(([name]) => name !== 'boost' && name !== '_name');
  const [entry, second] = entries;
  if (entry === undefined) {
    throw body.parsingError(
      '[terms] query requires a field name, followed by array of terms or a document lookup specification',
      path,
      'end',
    );
  }
  const [field, values] = entry;
  if (isObject(values)) throw notInStandIn('a lookup of terms');
  if (!Array.isArray(values)) {
    throw body.parsingError(`[terms] query does not support [${field}]`, [...path, field]);
  }
  if (second !== undefined) {
    throw body.parsingError('[terms] query does not support multiple fields', [...path, second[0]]);
  }
  return { kind: 'terms', field, values };
}

const BOUNDS = new Set(['gt', 'gte', 'lt', 'lte']);

function parseRange(body: RequestBody, given: JsonObject, path: Path): Query {
  const [field, value] = onlyField('range', body, given, path);
  if (!isObject(value))
    throw body.parsingError(`[range] query does not support [${field}]`, [...path, field]);
  const bounds: Record<string, unknown> = {};
  for (const [name, bound] of Object.entries(value)) {
    if (BOUNDS.has(name)) {
      if (bound !== null) bounds[name] = bound;
    } else if (name === 'format') bounds[name] = String(bound);
    else if (name === 'time_zone' || name === 'relation')
      throw notInStandIn(`[${name}] of a [range] query`);
    else if (!['_name', 'boost'].includes(name)) {
      throw body.parsingError(`[range] query does not support [${name}]`, [...path, field, name]);
    }
  }
  return { kind: 'range', field, bounds };
}
