import type { Json, JsonObject } from '../exact-json.ts';

/**
 * An object with these keys and no values, of which others are made: `{ ...shape }`. The engine keeps such
 * copies in one shape. Objects whose keys are set as they come have as many as there are combinations, and
 * where it has seen many, each access is a search.
 */
export function toShape(keys: readonly string[]): JsonObject {
  // of so many keys set one by one the engine would make a hash table; of what it parses it makes none
  const shape = JSON.parse(`{${keys.map((key) => `${JSON.stringify(key)}:null`).join(',')}}`);
  for (const key of keys) (shape as JsonObject)[key] = undefined;
  return shape as JsonObject;
}

/** `undefined` where no member has a value: what is not made need not be pruned. */
export function filled(object: JsonObject): JsonObject | undefined {
  for (const key in object) {
    if (object[key] !== undefined) return object;
  }
  return undefined;
}

/** `undefined` where there is none. */
export function listOf(members: ReadonlySet<string> | readonly Json[]): Json[] | undefined {
  const list = Array.isArray(members) ? (members as Json[]) : [...(members as ReadonlySet<string>)];
  return list.length === 0 ? undefined : list;
}
