import { isObject, textOf, type Json } from '../exact-json.ts';

/**
 * Whether Elasticsearch takes a value for a `flattened` field: an object or a list of objects, not deeper
 * than its `depth_limit`, no leaf longer than what Lucene takes for a term, the leaf's path included.
 *
 * @see https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/flattened
 */
export function isFlattenable(value: Json): boolean {
  if (!Array.isArray(value)) return isObject(value) && fits(value, 0, 0);
  return value.every((member) => isObject(member) && fits(member, 0, 0));
}

const DEPTH_MAX = 20;
const TERM_BYTES_MAX = 32_766;
/** A character of UTF-16 has at most three bytes in UTF-8. */
const BYTES_PER_CHARACTER_MAX = 3;

function fits(value: Json, depth: number, pathBytes: number): boolean {
  if (Array.isArray(value)) return value.every((member) => fits(member, depth, pathBytes));
  if (!isObject(value)) return fitsTerm(textOf(value) ?? '', pathBytes);
  if (depth >= DEPTH_MAX) return false;
  return Object.keys(value).every((key) => {
    const member = value[key];
    // a dot or a zero byte ends each key
    const path = pathBytes + Buffer.byteLength(key) + 1;
    return !key.includes('\0') && (member === undefined || fits(member, depth + 1, path));
  });
}

function fitsTerm(text: string, pathBytes: number): boolean {
  if (pathBytes + text.length * BYTES_PER_CHARACTER_MAX <= TERM_BYTES_MAX) return true;
  return pathBytes + Buffer.byteLength(text) <= TERM_BYTES_MAX;
}
