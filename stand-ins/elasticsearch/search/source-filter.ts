import { type Parameters } from '../http/parameters.ts';
import {
  isObject,
  type JsonObject,
  parseExact,
  RawJson,
  rawDigits,
  toList,
} from '../json/exact.ts';
import { toText } from '../state/source-slabs.ts';
import { type StoredDocument } from '../state/documents.ts';
import { matchesPattern } from '../text/wildcard.ts';

/** Which parts of a document's source an answer shows. */
export interface SourceFilter {
  readonly show: boolean;
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

export const WHOLE_SOURCE: SourceFilter = { show: true, includes: [], excludes: [] };
export const SOURCE_PARAMETERS = ['_source', '_source_excludes', '_source_includes'];

/** `_source` of the query string, or null where it says nothing. */
export function sourceOfParameters(parameters: Parameters): SourceFilter | null {
  const given = parameters.text('_source');
  const includes = parameters.list('_source_includes');
  const excludes = parameters.list('_source_excludes');
  if (given === undefined && includes === undefined && excludes === undefined) return null;
  if (given === 'false') return { ...WHOLE_SOURCE, show: false };
  const named = given === undefined || given === 'true' || given === '' ? [] : given.split(',');
  return { show: true, includes: includes ?? named, excludes: excludes ?? [] };
}

/** `_source` of a body: true, false, a name, names, or `{includes, excludes}`. */
export function sourceOfBody(given: unknown): SourceFilter {
  if (typeof given === 'boolean') return { ...WHOLE_SOURCE, show: given };
  if (!isObject(given)) return { show: true, includes: toList(given), excludes: [] };
  return {
    show: true,
    includes: toList(given['includes'] ?? given['include']),
    excludes: toList(given['excludes'] ?? given['exclude']),
  };
}

/** The source as it was stored, or what the filter leaves of it; undefined where it is not shown. */
export function shownSource(document: StoredDocument, filter: SourceFilter): unknown {
  if (!filter.show) return undefined;
  const text = toText(document.source);
  if (filter.includes.length === 0 && filter.excludes.length === 0) return new RawJson(text);
  const source = parseExact(text);
  return isObject(source) ? filtered(source, '', filter, filter.includes.length === 0) : source;
}

/** @param whole everything from here on is included */
function filtered(
  object: JsonObject,
  prefix: string,
  filter: SourceFilter,
  whole: boolean,
): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    const path = prefix + key;
    if (filter.excludes.some((pattern) => covers(pattern, path))) continue;
    const included = whole || filter.includes.some((pattern) => covers(pattern, path));
    const kept = keep(value, path, filter, included);
    if (kept !== undefined) result[key] = kept;
  }
  return result;
}

function keep(value: unknown, path: string, filter: SourceFilter, included: boolean): unknown {
  if (isObject(value) && rawDigits(value) === null) {
    const inner = filtered(value, `${path}.`, filter, included);
    return included || Object.keys(inner).length > 0 ? inner : undefined;
  }
  if (Array.isArray(value)) {
    const items = (value as unknown[])
      .map((item) =>
        isObject(item) || Array.isArray(item) || included
          ? keep(item, path, filter, included)
          : undefined,
      )
      .filter((item) => item !== undefined && !(isObject(item) && Object.keys(item).length === 0));
    return included || items.length > 0 ? items : undefined;
  }
  return included ? value : undefined;
}

/** A pattern covers the fields that it names and all below them. */
function covers(pattern: string, path: string): boolean {
  return matchesPattern(pattern, path) || matchesPattern(`${pattern}.*`, path);
}
