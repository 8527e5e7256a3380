import { illegalArgument, notInStandIn, parsingError } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { type Parser, type Query } from './query-tree.ts';

/** Queries that look at one field, or at none. */
export const LEAF_PARSERS: Readonly<Record<string, Parser>> = {
  exists: parseExists,
  ids: parseIds,
  match_all: () => ({ kind: 'match_all' }),
  match_none: () => ({ kind: 'match_none' }),
  range: parseRange,
  term: parseTerm,
  terms: parseTerms,
  wildcard: parseWildcard,
};

function parseExists(given: JsonObject): Query {
  if (typeof given['field'] !== 'string') {
    throw parsingError('[exists] must be provided with a [field]');
  }
  return { kind: 'exists', field: given['field'] };
}

function parseIds(given: JsonObject): Query {
  const wrong = Object.keys(given).find((name) => !['_name', 'boost', 'values'].includes(name));
  if (wrong !== undefined) {
    throw parsingError(`[ids] unknown field [${wrong}]`);
  }
  const { values } = given;
  const list: unknown[] = Array.isArray(values) ? values : values === undefined ? [] : [values];
  return { kind: 'ids', values: list.map(String) };
}

function parseTerm(given: JsonObject): Query {
  const [field, value] = onlyField('term', given);
  if (Array.isArray(value)) {
    throw parsingError('[term] query does not support array of values');
  }
  if (!isObject(value)) return { kind: 'term', field, value };
  const wrong = Object.keys(value).find(
    (name) => !['_name', 'boost', 'case_insensitive', 'value'].includes(name),
  );
  if (wrong !== undefined) {
    throw parsingError(`[term] query does not support [${wrong}]`);
  }
  if (value['case_insensitive'] === true) throw notInStandIn('[case_insensitive] of a query');
  return { kind: 'term', field, value: value['value'] };
}

function parseWildcard(given: JsonObject): Query {
  const [field, value] = onlyField('wildcard', given);
  if (!isObject(value)) return { kind: 'wildcard', field, value };
  const wrong = Object.keys(value).find((name) => !['_name', 'boost', 'value'].includes(name));
  if (wrong !== undefined) throw notInStandIn(`[${wrong}] of a [wildcard] query`);
  return { kind: 'wildcard', field, value: value['value'] };
}

function onlyField(kind: string, given: JsonObject): [string, unknown] {
  const entries = Object.entries(given).filter(([name]) => name !== 'boost' && name !== '_name');
  const [entry, second] = entries;
  if (entry === undefined) {
    throw illegalArgument('field name is null or empty');
  }
  if (second !== undefined) {
    throw parsingError(
      `[${kind}] query doesn't support multiple fields, found [${entry[0]}] and [${second[0]}]`,
    );
  }
  return entry;
}

function parseTerms(given: JsonObject): Query {
  const entries = Object.entries(given).filter(([name]) => name !== 'boost' && name !== '_name');
  const [entry, second] = entries;
  if (entry === undefined) {
    throw parsingError(
      '[terms] query requires a field name, followed by array of terms or a document lookup specification',
    );
  }
  const [field, values] = entry;
  if (isObject(values)) throw notInStandIn('a lookup of terms');
  if (!Array.isArray(values)) {
    throw parsingError(`[terms] query does not support [${field}]`);
  }
  if (second !== undefined) {
    throw parsingError('[terms] query does not support multiple fields');
  }
  return { kind: 'terms', field, values };
}

const BOUNDS = new Set(['gt', 'gte', 'lt', 'lte']);

function parseRange(given: JsonObject): Query {
  const [field, value] = onlyField('range', given);
  if (!isObject(value)) throw parsingError(`[range] query does not support [${field}]`);
  const bounds: Record<string, unknown> = {};
  for (const [name, bound] of Object.entries(value)) {
    if (BOUNDS.has(name)) {
      if (bound !== null) bounds[name] = bound;
    } else if (name === 'format') bounds[name] = String(bound);
    else if (name === 'time_zone' || name === 'relation')
      throw notInStandIn(`[${name}] of a [range] query`);
    else if (!['_name', 'boost'].includes(name)) {
      throw parsingError(`[range] query does not support [${name}]`);
    }
  }
  return { kind: 'range', field, bounds };
}
