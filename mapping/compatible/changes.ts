import type { Json, JsonObject } from '../exact-json.ts';
import { date, type Conversion } from './conversions.ts';
import type { MappingErrors } from './errors.ts';
import { place, setKey, toPath, type Path } from './place.ts';

type Change = { path: Path; conversion: Conversion } | 'remove';

/** By the keys of the source; a key without a change stays as it is. */
export type Changes = ReadonlyMap<string, Change>;

/**
 * @param rows key in the source, dotted target, what is done to the value
 * @param removed keys that have no target
 */
export function toChanges(
  rows: readonly (readonly [source: string, target: string, conversion: Conversion])[],
  removed: readonly string[] = [],
): Changes {
  return new Map<string, Change>([
    ...rows.map(
      ([source, target, conversion]) => [source, { path: toPath(target), conversion }] as const,
    ),
    ...removed.map((source) => [source, 'remove'] as const),
  ]);
}

/**
 * A copy of an element of a collection, with its changes done. A changed value wins over one that stands
 * at its target already.
 *
 * @param pathOf a key of the element as errors name it
 */
export function change(
  element: JsonObject,
  changes: Changes,
  errors: MappingErrors,
  pathOf: (key: string) => string,
): JsonObject {
  const changed: JsonObject = {};
  const keys = Object.keys(element);
  for (const key of keys) {
    if (!changes.has(key)) setKey(changed, key, element[key]);
  }
  for (const key of keys) {
    const value = element[key];
    const rule = changes.get(key);
    if (rule === undefined || rule === 'remove' || value === null || value === undefined) continue;
    const converted = convertElementValue(value, rule.conversion, errors, () => pathOf(key));
    if (converted !== undefined) place(changed, rule.path, converted);
  }
  return changed;
}

/** Inside collections a date that is none vanishes without a trace, as in the integration. */
export function convertElementValue(
  value: Json,
  conversion: Conversion,
  errors: MappingErrors,
  path: () => string,
): Json | undefined {
  const converted = conversion.convert(value, errors.spelling);
  if (converted === undefined && conversion !== date && conversion.type !== null) {
    errors.cannotConvert(path(), value, conversion.type);
  }
  return converted;
}
