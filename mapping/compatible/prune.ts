import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import { setKey } from './place.ts';

/**
 * Removes every `null`, every empty text and every object or list that is or becomes empty, at any depth.
 * What has none of them is returned as it is, not copied.
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
  const keys = Object.keys(object);
  let pruned: JsonObject | null = null;
  let kept = 0;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as string;
    const value = object[key];
    const left = pruneValue(value);
    if (pruned === null && left !== value) pruned = copyOfFirst(object, keys, at);
    if (left === undefined) continue;
    kept += 1;
    if (pruned !== null) setKey(pruned, key, left);
  }
  return kept === 0 ? undefined : (pruned ?? object);
}

function copyOfFirst(object: JsonObject, keys: readonly string[], count: number): JsonObject {
  const copy: JsonObject = {};
  for (let at = 0; at < count; at += 1) {
    const key = keys[at] as string;
    if (object[key] !== undefined) setKey(copy, key, object[key]);
  }
  return copy;
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
