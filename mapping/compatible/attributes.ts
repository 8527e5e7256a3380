import type { JsonObject } from '../exact-json.ts';
import { change, toChanges } from './changes.ts';
import { bool, date, string } from './conversions.ts';
import { moveCreator } from './created-by.ts';
import { elementPath } from './elements.ts';
import type { MappingErrors } from './errors.ts';

export const ATTRIBUTES = 'attributes';

const CHANGES = toChanges(
  [
    ['id', 'id', string],
    ['dateAdded', 'date_added', date],
    ['lastModified', 'last_modified', date],
    ['default', 'default', bool],
    ['pinned', 'pinned', bool],
  ],
  ['userName'],
);

export function toAttribute(element: JsonObject, index: number, errors: MappingErrors): JsonObject {
  const pathOf = (key: string): string => `${elementPath(ATTRIBUTES, index)}.${key}`;
  const attribute = change(element, CHANGES, errors, pathOf);
  moveCreator(attribute, errors, pathOf);
  return attribute;
}
