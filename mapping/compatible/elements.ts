import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import type { MappingErrors } from './errors.ts';

/** Members of a collection, in the places they have in the source; `null` where there is none to map. */
export type Elements = readonly (JsonObject | null)[];

/**
 * The elements of a nested collection, which the source sends as `{ "data": [ … ] }`, empty ones as `{}`.
 *
 * @param path the collection's name in the source
 */
export function toElements(
  collection: Json | undefined,
  path: string,
  errors: MappingErrors,
): Elements {
  if (collection === undefined || collection === null) return [];
  if (!isObject(collection)) {
    errors.expected(path, 'an object');
    return [];
  }
  const { data } = collection;
  if (data === undefined || data === null) return [];
  if (!Array.isArray(data)) {
    errors.expected(`${path}.data`, 'a list');
    return [];
  }
  return data.map((element, index) => {
    if (isObject(element)) return element;
    if (element !== null) errors.expected(elementPath(path, index), 'an object');
    return null;
  });
}

export function elementPath(path: string, index: number): string {
  return `${path}.data[${index}]`;
}

/** A collection's target: the list of its mapped elements. */
export function toCollection(
  elements: Elements,
  map: (element: JsonObject, index: number) => JsonObject,
): JsonObject | undefined {
  if (elements.length === 0) return undefined;
  const data = elements.map((element, index) => (element === null ? null : map(element, index)));
  return { data };
}
