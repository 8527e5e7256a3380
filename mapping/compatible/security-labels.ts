import type { JsonObject } from '../exact-json.ts';
import { change, toChanges } from './changes.ts';
import { date } from './conversions.ts';
import { elementPath } from './elements.ts';
import type { MappingErrors } from './errors.ts';

export const SECURITY_LABELS = 'securityLabels';

const CHANGES = toChanges(
  [['dateAdded', 'date_added', date]],
  ['id', 'description', 'color', 'owner'],
);

export function toSecurityLabel(
  element: JsonObject,
  index: number,
  errors: MappingErrors,
): JsonObject {
  return change(element, CHANGES, errors, (key) => `${elementPath(SECURITY_LABELS, index)}.${key}`);
}
