import { ApiError, illegalArgument, notInStandIn } from '../errors.ts';
import { type RequestBody } from '../http/request-body.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { type Path } from '../json/locate.ts';
import { similarNames } from '../text/similar.ts';
import { tokenOf } from '../json/token-name.ts';
import { LEAF_PARSERS } from './leaf-queries.ts';

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

/** @param path of the query's body */
export type Parser = (body: RequestBody, given: JsonObject, path: Path) => Query;

const PARSERS: Readonly<Record<string, Parser>> = {
  ...LEAF_PARSERS,
  bool: parseBool,
  constant_score: parseConstantScore,
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
