import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import { setKey } from './place.ts';

/**
 * Removes every `null`, every empty text and every object or list that is or becomes empty, at any depth.
 * What has none of them is returned as it is, not copied. A removed member of an object is `undefined`.
 */
export function prune(document: JsonObject): JsonObject {
  return pruneObject(document) ?? {};
}

/** `undefined` where nothing is left. */
export function pruneValue(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (value === null || typeof value !== 'object') return value ?? undefined;
  if (Array.isArray(value)) return pruneList(value);
  return isObject(value) ? pruneObject(value) : value;
}

function pruneObject(object: JsonObject): JsonObject | undefined {
  let pruned: JsonObject | null = null;
  let isEmpty = true;
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const left = pruneValue(value);
    if (left !== undefined) isEmpty = false;
    if (left === value) continue;
    pruned ??= { ...object };
    setKey(pruned, key, left);
  }
  return isEmpty ? undefined : (pruned ?? object);
}

function pruneList(list: Json[]): Json[] | undefined {
  let pruned: Json[] | null = null;
  for (let at = 0; at < list.length; at += 1) {
    const member = list[at];
    const left = pruneValue(member);
    if (pruned === null && left !== member) pruned = list.slice(0, at);
    if (pruned !== null && left !== undefined) pruned.push(left);
  }
  const left = pruned ?? list;
  return left.length === 0 ? undefined : left;
}
