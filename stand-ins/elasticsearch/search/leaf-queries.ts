import { ApiError, illegalArgument, notInStandIn } from '../errors.ts';
import { type RequestBody } from '../http/request-body.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { type Path } from '../json/locate.ts';
import { type Parser, type Query } from './query.ts';

/** Queries that look at one field, or at none. */
export const LEAF_PARSERS: Readonly<Record<string, Parser>> = {
  exists: parseExists,
  ids: parseIds,
  match: (body, given, path) => parseOneField('match', body, given, path, 'query'),
  match_all: () => ({ kind: 'match_all' }),
  match_none: () => ({ kind: 'match_none' }),
  prefix: (body, given, path) => parseOneField('prefix', body, given, path, 'value'),
  range: parseRange,
  term: parseTerm,
  terms: parseTerms,
  wildcard: (body, given, path) => parseOneField('wildcard', body, given, path, 'value'),
};

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
