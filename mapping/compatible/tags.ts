import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import { change, toChanges } from './changes.ts';
import { date, keep } from './conversions.ts';
import { elementPath } from './elements.ts';
import type { MappingErrors } from './errors.ts';

export const TAGS = 'tags';

const CHANGES = toChanges(
  [
    ['lastUsed', 'last_used', date],
    ['techniqueId', 'technique.id', keep],
  ],
  ['id', 'description', 'owner', 'platforms'],
);

export function toTag(element: JsonObject, index: number, errors: MappingErrors): JsonObject {
  const tag = change(element, CHANGES, errors, (key) => `${elementPath(TAGS, index)}.${key}`);
  if (tag.tactics !== undefined) tag.tactics = toTactics(tag.tactics);
  return tag;
}

/** The list itself; an object without one could not be indexed as a keyword. */
function toTactics(tactics: Json): Json | undefined {
  return isObject(tactics) ? tactics.data : tactics;
}
