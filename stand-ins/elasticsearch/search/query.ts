import { contentError, illegalArgument, parsingError } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { type Query } from './query-tree.ts';

const PARSERS: Readonly<Record<string, (given: JsonObject) => Query>> = {
  bool: parseBool,
  exists: parseExists,
  ids: parseIds,
  match_all: (given) => {
    refuseOthers('match_all', given, []);
    return { kind: 'match_all' };
  },
  range: parseRange,
  term: parseTerm,
  terms: parseTerms,
  wildcard: parseWildcard,
};

/** @throws {ApiError} 400 for a query that is wrong, or that the stand-in does not know */
export function parseQuery(given: unknown): Query {
  if (!isObject(given)) throw parsingError('[_na] query malformed, must start with start_object');
  const [name, second] = Object.keys(given);
  if (name === undefined) throw illegalArgument('query malformed, empty clause found');
  const parser = PARSERS[name];
  const inner = given[name];
  if (parser === undefined) throw parsingError(`unknown query [${name}] in this stand-in`);
  if (!isObject(inner) || second !== undefined) throw parsingError(`[${name}] malformed query`);
  return parser(inner);
}

function parseBool(given: JsonObject): Query {
  const { filter, must, must_not: mustNot, should, minimum_should_match: least } = given;
  refuseOthers('bool', given, ['filter', 'minimum_should_match', 'must', 'must_not', 'should']);
  if (least !== undefined && typeof least !== 'number')
    throw contentError('[bool] minimum_should_match is no number');
  const required = [...parseClauses(must), ...parseClauses(filter)];
  const optional = parseClauses(should);
  return {
    kind: 'bool',
    required,
    should: optional,
    mustNot: parseClauses(mustNot),
    least: least ?? (required.length > 0 || optional.length === 0 ? 0 : 1),
  };
}

function parseClauses(value: unknown = []): Query[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map(parseQuery);
}

function parseExists(given: JsonObject): Query {
  refuseOthers('exists', given, ['field']);
  if (typeof given['field'] === 'string') return { kind: 'exists', field: given['field'] };
  throw parsingError('[exists] must be provided with a [field]');
}

function parseIds(given: JsonObject): Query {
  refuseOthers('ids', given, ['values']);
  const { values } = given;
  if (!Array.isArray(values)) throw parsingError('[ids] needs a list of [values]');
  return { kind: 'ids', values: values.map(String) };
}

function parseTerm(given: JsonObject): Query {
  const [field, value] = onlyField('term', given);
  return { kind: 'terms', field, values: [plainValue('term', value)] };
}

function parseTerms(given: JsonObject): Query {
  const [field, values] = onlyField('terms', given);
  if (Array.isArray(values)) return { kind: 'terms', field, values };
  throw parsingError('[terms] query needs an array of terms');
}

function parseWildcard(given: JsonObject): Query {
  const [field, value] = onlyField('wildcard', given);
  return { kind: 'wildcard', field, pattern: String(plainValue('wildcard', value)) };
}

function parseRange(given: JsonObject): Query {
  const [field, value] = onlyField('range', given);
  if (!isObject(value)) throw parsingError(`[range] query does not support [${field}]`);
  refuseOthers('range', value, ['format', 'gt', 'gte', 'lt', 'lte']);
  return { kind: 'range', field, bounds: value };
}

/** A value, or `{"value": …}`. */
function plainValue(kind: string, given: unknown): unknown {
  if (Array.isArray(given)) throw parsingError(`[${kind}] query does not support array of values`);
  if (!isObject(given)) return given;
  refuseOthers(kind, given, ['value']);
  return given['value'];
}

function onlyField(kind: string, given: JsonObject): [string, unknown] {
  const [entry, second] = Object.entries(given);
  if (entry !== undefined && second === undefined) return entry;
  throw parsingError(`[${kind}] query needs exactly one field`);
}

function refuseOthers(kind: string, given: JsonObject, known: readonly string[]): void {
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other !== undefined) throw parsingError(`[${kind}] query does not support [${other}]`);
}
