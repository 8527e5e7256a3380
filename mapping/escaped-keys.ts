import { hash } from 'node:crypto';
import { setKey } from './compatible/place.ts';
import { isObject, type Json, type JsonObject } from './exact-json.ts';

/**
 * Reads JSON with the engine's parser, but reads keys with escapes apart: V8 at times takes the key of an earlier object
 * for such a key. After `{"a":1,"\\":2}` it reads `{"a":1,"\u005b":2}` as `{"a":1,"\\":2}`, because the expected key, one
 * character long, is compared with the text before its escapes are decoded (seen in Node 24.21, V8 13.6).
 *
 * @throws {SyntaxError}
 */
export function parseJson(text: string): Json {
  const first = text.indexOf('\\');
  if (first === -1) return JSON.parse(text) as Json;
  const keys: string[] = [];
  const mark = (): string => (known ??= `tcsync ${hash('sha256', text, 'hex')} `);
  let known: string | null = null;
  let replaced = '';
  let copied = 0;
  // outside of strings JSON has no backslash
  for (let escape = first; escape !== -1;) {
    const end = afterString(text, escape - 1);
    if (isColonNext(text, end)) {
      const open = text.lastIndexOf('"', escape);
      keys.push(JSON.parse(text.slice(open, end)) as string);
      replaced += `${text.slice(copied, open)}"${mark()}${keys.length - 1}"`;
      copied = end;
    }
    escape = text.indexOf('\\', end);
  }
  if (keys.length === 0) return JSON.parse(text) as Json;
  return withKeys(JSON.parse(replaced + text.slice(copied)) as Json, mark(), keys);
}

const BACKSLASH = 0x5c;
const COLON = 0x3a;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The end of a string: behind its first quote that no odd number of backslashes escapes.
 *
 * @param before a place in the string, or its quote, that no backslash follows but the first of the string
 */
export function afterString(text: string, before: number): number {
  let close = before;
  for (;;) {
    close = text.indexOf('"', close + 1);
    if (close === -1) return text.length;
    let backslashes = close - 1;
    while (text.charCodeAt(backslashes) === BACKSLASH) backslashes -= 1;
    if ((close - 1 - backslashes) % 2 === 0) return close + 1;
  }
}

function isColonNext(text: string, from: number): boolean {
  let at = from;
  while (BLANKS.has(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === COLON;
}

function withKeys(value: Json, mark: string, keys: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((each) => withKeys(each, mark, keys));
  if (!isObject(value)) return value;
  const object: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const own = key.startsWith(mark) ? (keys[Number(key.slice(mark.length))] ?? key) : key;
    setKey(object, own, member === undefined ? member : withKeys(member, mark, keys));
  }
  return object;
}
