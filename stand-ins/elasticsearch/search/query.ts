import { ApiError, contentError, illegalArgument, notInStandIn, parsingError } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { type Parser, type Query } from './query-tree.ts';
import { LEAF_PARSERS } from './leaf-queries.ts';

/** Queries that the real server has and this stand-in does not. */
const OTHERS = new Set([
  'boosting',
  'combined_fields',
  'constant_score',
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
  'match',
  'match_bool_prefix',
  'match_phrase',
  'match_phrase_prefix',
  'more_like_this',
  'multi_match',
  'nested',
  'parent_id',
  'percolate',
  'pinned',
  'prefix',
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
]);

const PARSERS: Readonly<Record<string, Parser>> = {
  ...LEAF_PARSERS,
  bool: parseBool,
};

export function parseQuery(given: unknown): Query {
  if (!isObject(given)) throw parsingError('[_na] query malformed, must start with start_object');
  const [name, second] = Object.keys(given);
  if (name === undefined) throw illegalArgument('query malformed, empty clause found');
  const parser = PARSERS[name];
  const inner = given[name];
  if (parser === undefined) throw unknownQuery(name);
  if (!isObject(inner)) {
    throw parsingError(`[${name}] query malformed, no start_object after query name`);
  }
  const query = parser(inner);
  if (second !== undefined) {
    throw parsingError(`[${name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]`);
  }
  return query;
}

function unknownQuery(name: string): ApiError {
  return OTHERS.has(name)
    ? notInStandIn(`the query [${name}]`)
    : parsingError(`unknown query [${name}]`);
}

function parseBool(given: JsonObject): Query {
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
      clauses[key].push(...parseClauses(value, name));
    } else if (name === 'minimum_should_match') {
      least = parseLeast(value);
    } else if (name !== 'boost' && name !== '_name') {
      throw contentError(`[bool] unknown field [${name}]`);
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

function parseClauses(value: unknown, name: string): Query[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!Array.isArray(value) && !isObject(value)) {
    throw contentError(`[bool] ${name} takes an object or a list`);
  }
  return list.map((item) => {
    try {
      return parseQuery(item);
    } catch (error) {
      throw error instanceof ApiError && error.status === 400 ? inClause(error, name) : error;
    }
  });
}

/** What is wrong inside of a clause, as the clause reports it. */
function inClause({ fault, roots }: ApiError, name: string): ApiError {
  const { fault: outer } = contentError(`[bool] failed to parse field [${name}]`, fault);
  return new ApiError(400, outer, { roots });
}
