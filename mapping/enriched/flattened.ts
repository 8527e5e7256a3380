import { setKey } from '../compatible/place.ts';
import { isObject, textOf, type Json, type JsonObject } from '../exact-json.ts';

/** Elasticsearch's `depth_limit`; of lists in lists, which it counts to 1,000 over the whole document. */
export const NESTING_MAX = 20;
/** What Lucene takes for a term: a leaf with the path of its keys. */
const TERM_BYTES_MAX = 32_766;
/** A unit of UTF-16 has at most three bytes in UTF-8. */
const BYTES_PER_UNIT_MAX = 3;

/** How a field is mapped, and who is told what it does not take. */
type Field = {
  /** `ignore_above`, UTF-16 units: longer leaves are stored, not indexed, so no key is too long for them. */
  readonly ignoreAbove: number;
  readonly leftOut: (reason: string) => void;
};

/**
 * What of a value Elasticsearch takes for a `flattened` field: an object or a list of objects, not too deep, no
 * leaf too long, no zero byte in a key (it is replaced). Every other key is fine there, an empty one too.
 *
 * @param value without anything empty
 * @returns the value itself where all is taken, `undefined` where nothing is left
 * @see https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/flattened
 */
export function toFlattened(value: Json, field: Field): Json | undefined {
  if (Array.isArray(value) ? value.every(isObject) : isObject(value)) {
    return taken(value, field, { objects: 0, lists: 0, pathBytes: 0 });
  }
  field.leftOut('does not fit the field type flattened');
  return undefined;
}

/** Where a value stands: objects around it, lists since the last of them, its keys. */
type Depth = { readonly objects: number; readonly lists: number; readonly pathBytes: number };

function taken(value: Json, field: Field, depth: Depth): Json | undefined {
  const isList = Array.isArray(value);
  if (!isList && !isObject(value)) {
    if (isTerm(textOf(value) ?? '', field, depth.pathBytes)) return value;
    field.leftOut(`leaves out what is longer than ${TERM_BYTES_MAX} bytes with its keys`);
    return undefined;
  }
  if (depth.objects >= NESTING_MAX || depth.lists >= NESTING_MAX) {
    field.leftOut(`leaves out what is nested deeper than ${NESTING_MAX}`);
    return undefined;
  }
  return isList ? takenList(value, field, depth) : takenObject(value, field, depth);
}

function takenList(list: Json[], field: Field, depth: Depth): Json[] | undefined {
  const inner = { ...depth, lists: depth.lists + 1 };
  const members = list.map((member) => taken(member, field, inner));
  if (members.every((member, at) => member === list[at])) return list;
  const left = members.filter((member) => member !== undefined);
  return left.length === 0 ? undefined : left;
}

function takenObject(object: JsonObject, field: Field, depth: Depth): JsonObject | undefined {
  const objects = depth.objects + 1;
  let copy: JsonObject | null = null;
  let isEmpty = true;
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    // a dot or a zero byte ends each key
    const pathBytes = depth.pathBytes + Buffer.byteLength(key) + 1;
    const left = taken(value, field, { objects, lists: 0, pathBytes });
    if (left !== undefined) isEmpty = false;
    const name = key.includes('\0') ? withoutZeros(key, copy ?? object) : key;
    if (left === value && name === key) continue;
    copy ??= { ...object };
    setKey(copy, key, undefined);
    setKey(copy, name, left);
  }
  return isEmpty ? undefined : (copy ?? object);
}

/** A key that none of the others is. */
function withoutZeros(key: string, others: JsonObject): string {
  let name = key.replaceAll('\0', '\uFFFD');
  while (others[name] !== undefined) name += '\uFFFD';
  return name;
}

function isTerm(text: string, { ignoreAbove }: Field, pathBytes: number): boolean {
  if (text.length > ignoreAbove) return true;
  if (pathBytes + text.length * BYTES_PER_UNIT_MAX <= TERM_BYTES_MAX) return true;
  return pathBytes + Buffer.byteLength(text) <= TERM_BYTES_MAX;
}
