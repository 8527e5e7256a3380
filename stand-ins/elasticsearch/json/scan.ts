/**
 * A validating reader of JSON bytes that builds nothing: it says where the fields of the outermost object are.
 * One pass over a 2 kB document takes a few microseconds, so that a bulk request is checked byte by byte.
 *
 * Refused like the real server's parser refuses them: bad syntax, two fields of one name in one object, text after the
 * object, control characters in strings, more than 1,000 levels.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MAX_DEPTH = 1_000;

/** Keys of the objects that are open: hash, start and end of each; grown when an object is wider than expected. */
let keys = new Int32Array(3 * 1_024);
let keysUsed = 0;
let lastHash = 0;

/** Four offsets a field: key without its quotes (from, to), value (from, to). */
export type Fields = readonly number[];

/** The fields of the object that `bytes` holds, or null where it is not one valid JSON object. */
export function scanObject(bytes: Uint8Array): Fields | null {
  keysUsed = 0;
  const start = skipSpace(bytes, 0);
  if (bytes[start] !== OPEN_OBJECT) return null;
  const fields: number[] = [];
  const end = skipObject(bytes, start, 1, fields);
  return end > 0 && skipSpace(bytes, end) === bytes.length ? fields : null;
}

/** Start of the value of a field of the outermost object, or -1. `name` holds the key's bytes. */
export function valueOf(bytes: Uint8Array, fields: Fields, name: Uint8Array): number {
  for (let at = 0; at < fields.length; at += 4) {
    const from = fields[at] ?? 0;
    if ((fields[at + 1] ?? 0) - from === name.length && sameBytes(bytes, from, name)) return at + 2;
  }
  return -1;
}

/** End of the JSON value at `at`, or -1. */
export function skipValue(bytes: Uint8Array, at: number, depth = 0): number {
  switch (bytes[at] ?? -1) {
    case QUOTE:
      return skipString(bytes, at);
    case OPEN_OBJECT:
      return skipObject(bytes, at, depth + 1, null);
    case OPEN_ARRAY:
      return skipArray(bytes, at, depth + 1);
    case 0x74:
      return skipWord(bytes, at, 'true');
    case 0x66:
      return skipWord(bytes, at, 'false');
    case 0x6e:
      return skipWord(bytes, at, 'null');
    default:
      return skipNumber(bytes, at);
  }
}

export function skipSpace(bytes: Uint8Array, at: number): number {
  let next = at;
  for (;;) {
    const byte = bytes[next] ?? -1;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return next;
    next += 1;
  }
}

function skipObject(bytes: Uint8Array, at: number, depth: number, fields: number[] | null): number {
  if (depth > MAX_DEPTH) return -1;
  const base = keysUsed;
  let next = skipSpace(bytes, at + 1);
  if (bytes[next] === CLOSE_OBJECT) return next + 1;
  for (;;) {
    if (bytes[next] !== QUOTE) return -1;
    const keyEnd = skipKey(bytes, next);
    if (keyEnd < 0 || !noteKey(bytes, base, next + 1, keyEnd - 1)) return -1;
    const keyStart = next + 1;
    next = skipSpace(bytes, keyEnd);
    if (bytes[next] !== COLON) return -1;
    const valueStart = skipSpace(bytes, next + 1);
    const valueEnd = skipValue(bytes, valueStart, depth);
    if (valueEnd < 0) return -1;
    if (fields !== null) fields.push(keyStart, keyEnd - 1, valueStart, valueEnd);
    next = skipSpace(bytes, valueEnd);
    const byte = bytes[next];
    if (byte === CLOSE_OBJECT) {
      keysUsed = base;
      return next + 1;
    }
    if (byte !== COMMA) return -1;
    next = skipSpace(bytes, next + 1);
  }
}

function skipArray(bytes: Uint8Array, at: number, depth: number): number {
  if (depth > MAX_DEPTH) return -1;
  let next = skipSpace(bytes, at + 1);
  if (bytes[next] === CLOSE_ARRAY) return next + 1;
  for (;;) {
    const end = skipValue(bytes, next, depth);
    if (end < 0) return -1;
    next = skipSpace(bytes, end);
    const byte = bytes[next];
    if (byte === CLOSE_ARRAY) return next + 1;
    if (byte !== COMMA) return -1;
    next = skipSpace(bytes, next + 1);
  }
}

function skipString(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  for (;;) {
    const byte = bytes[next] ?? -1;
    if (byte === QUOTE) return next + 1;
    if (byte < 0x20) return -1;
    if (byte === BACKSLASH) {
      next = skipEscape(bytes, next);
      if (next < 0) return -1;
    } else {
      next += 1;
    }
  }
}

/** As {@link skipString}, leaving a hash of the bytes in `lastHash`. */
function skipKey(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  let hash = 17;
  for (;;) {
    const byte = bytes[next] ?? -1;
    if (byte === QUOTE) {
      lastHash = hash;
      return next + 1;
    }
    if (byte < 0x20) return -1;
    hash = (Math.imul(hash, 31) + byte) | 0;
    if (byte === BACKSLASH) {
      next = skipEscape(bytes, next);
      if (next < 0) return -1;
    } else {
      next += 1;
    }
  }
}

function skipEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at + 1] ?? -1;
  if (byte === 0x75) {
    for (let digit = at + 2; digit < at + 6; digit += 1) if (!isHex(bytes[digit] ?? -1)) return -1;
    return at + 6;
  }
  return '"\\/bfnrt'.includes(String.fromCharCode(byte)) && byte > 0 ? at + 2 : -1;
}

function skipWord(bytes: Uint8Array, at: number, word: string): number {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[at + index] !== word.charCodeAt(index)) return -1;
  }
  return at + word.length;
}

function skipNumber(bytes: Uint8Array, at: number): number {
  let next = bytes[at] === 0x2d ? at + 1 : at;
  if (bytes[next] === 0x30) next += 1;
  else next = skipDigits(bytes, next);
  if (next > 0 && bytes[next] === 0x2e) next = skipDigits(bytes, next + 1);
  if (next > 0 && (bytes[next] === 0x65 || bytes[next] === 0x45)) {
    const sign = bytes[next + 1];
    next = skipDigits(bytes, sign === 0x2b || sign === 0x2d ? next + 2 : next + 1);
  }
  return next;
}

/** End of at least one digit, or -1. */
function skipDigits(bytes: Uint8Array, at: number): number {
  let next = at;
  for (;;) {
    const byte = bytes[next] ?? -1;
    if (byte < 0x30 || byte > 0x39) return next > at ? next : -1;
    next += 1;
  }
}

function isHex(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x46) ||
    (byte >= 0x61 && byte <= 0x66)
  );
}

/** Remembers a key of the innermost open object; false where that object has it already. */
function noteKey(bytes: Uint8Array, base: number, from: number, to: number): boolean {
  for (let slot = base; slot < keysUsed; slot += 3) {
    if (keys[slot] !== lastHash) continue;
    const otherFrom = keys[slot + 1] ?? 0;
    const otherTo = keys[slot + 2] ?? 0;
    if (
      otherTo - otherFrom === to - from &&
      sameBytes(bytes, otherFrom, bytes.subarray(from, to))
    ) {
      return false;
    }
  }
  if (keysUsed + 3 > keys.length) {
    const wider = new Int32Array(keys.length * 2);
    wider.set(keys);
    keys = wider;
  }
  keys[keysUsed] = lastHash;
  keys[keysUsed + 1] = from;
  keys[keysUsed + 2] = to;
  keysUsed += 3;
  return true;
}

export function sameBytes(bytes: Uint8Array, from: number, other: Uint8Array): boolean {
  for (let index = 0; index < other.length; index += 1) {
    if (bytes[from + index] !== other[index]) return false;
  }
  return true;
}
