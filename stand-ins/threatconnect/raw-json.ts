/** Positions of one `"key": value` in the text of an object. */
export interface Member {
  key: string;
  /** The `{` or `,` before the key. */
  separatorAt: number;
  /** The key's opening quote. */
  keyFrom: number;
  valueFrom: number;
  valueTo: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Splits the text of an object into its members without reading their values, so that numbers keep their
 * literals (`5.00`, ids beyond 2^53).
 *
 * @throws {SyntaxError} if the text is not one object; does not check the inside of values
 */
export function splitObject(text: Buffer): Member[] {
  let at = skipBlanks(text, 0);
  if (text[at] !== OPEN_BRACE) throw new SyntaxError('not a JSON object');
  const members: Member[] = [];
  for (;;) {
    const separatorAt = at;
    const keyFrom = skipBlanks(text, at + 1);
    if (text[keyFrom] === CLOSE_BRACE && members.length === 0) {
      at = keyFrom;
      break;
    }
    if (text[keyFrom] !== QUOTE) throw new SyntaxError(`a key is missing at byte ${keyFrom}`);
    const keyTo = stringEnd(text, keyFrom);
    const colonAt = skipBlanks(text, keyTo);
    if (text[colonAt] !== COLON) throw new SyntaxError(`a colon is missing at byte ${colonAt}`);
    const valueFrom = skipBlanks(text, colonAt + 1);
    const valueTo = valueEnd(text, valueFrom);
    members.push({
      key: readKey(text, keyFrom, keyTo),
      separatorAt,
      keyFrom,
      valueFrom,
      valueTo,
    });
    at = skipBlanks(text, valueTo);
    if (text[at] === CLOSE_BRACE) break;
    if (text[at] !== COMMA) throw new SyntaxError(`a comma is missing at byte ${at}`);
  }
  if (skipBlanks(text, at + 1) !== text.length) {
    throw new SyntaxError(`text follows the object at byte ${at + 1}`);
  }
  return members;
}

/**
 * The texts of an array's elements, unchanged.
 *
 * @throws {SyntaxError} if the text is not one array; does not check the inside of values
 */
export function elementTexts(array: Buffer): string[] {
  let at = skipBlanks(array, 0);
  if (array[at] !== OPEN_BRACKET) throw new SyntaxError('not a JSON array');
  const texts: string[] = [];
  at = skipBlanks(array, at + 1);
  while (array[at] !== CLOSE_BRACKET) {
    const to = valueEnd(array, at);
    texts.push(array.toString('utf8', at, to));
    at = skipBlanks(array, to);
    if (array[at] === COMMA) at = skipBlanks(array, at + 1);
    else if (array[at] !== CLOSE_BRACKET) throw new SyntaxError(`a comma is missing at byte ${at}`);
  }
  return texts;
}

/**
 * Sets, replaces or (`null`) removes top-level members; all other bytes stay the same.
 *
 * @param values key → JSON text of the new value
 */
export function withMembers(text: Buffer, values: ReadonlyMap<string, string | null>): Buffer {
  const parts: (Buffer | string)[] = [];
  const members = splitObject(text);
  const added = new Map(values);
  let written = 0;
  for (const member of members) {
    const value = values.get(member.key);
    added.delete(member.key);
    if (value === null) continue;
    parts.push(written === 0 ? '{' : text.subarray(member.separatorAt, member.separatorAt + 1));
    parts.push(text.subarray(member.separatorAt + 1, member.valueFrom));
    parts.push(value ?? text.subarray(member.valueFrom, member.valueTo));
    written++;
  }
  for (const [key, value] of added) {
    if (value === null) continue;
    parts.push(written === 0 ? '{' : ',', `${JSON.stringify(key)}:${value}`);
    written++;
  }
  parts.push(written === 0 ? '{}' : '}');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

/**
 * Parses JSON so that `JSON.stringify` writes every number with its original literal: a number that JavaScript would
 * change (`5.00`, `9007199254918487`) becomes a raw literal, all others are plain numbers.
 */
export function parseKeepingNumbers(text: string): unknown {
  return JSON.parse(
    text,
    function keep(_key: string, value: unknown, context?: { source: string }) {
      const source = context?.source;
      if (typeof value !== 'number' || source === undefined || String(value) === source)
        return value;
      return rawJson(source);
    },
  );
}

/** Parses JSON; an integer that a double cannot hold becomes a bigint. */
export function parseExact(text: string): unknown {
  return JSON.parse(
    text,
    function exact(_key: string, value: unknown, context?: { source: string }) {
      if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
      const source = context?.source ?? '';
      return /^-?\d+$/.test(source) ? BigInt(source) : value;
    },
  );
}

/** JSON.rawJSON is in Node 24 but not yet in TypeScript's library. */
function rawJson(literal: string): unknown {
  const json: JSON & { rawJSON?: (text: string) => unknown } = JSON;
  if (json.rawJSON === undefined) throw new Error('this Node has no JSON.rawJSON; use Node 24');
  return json.rawJSON(literal);
}

function readKey(text: Buffer, from: number, to: number): string {
  const raw = text.toString('utf8', from + 1, to - 1);
  if (!raw.includes('\\')) return raw;
  const key: unknown = JSON.parse(text.toString('utf8', from, to));
  return String(key);
}

function skipBlanks(text: Buffer, at: number): number {
  let next = at;
  for (;;) {
    const byte = text[next];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return next;
    next++;
  }
}

/** Position after the closing quote of the string that opens at `from`. */
function stringEnd(text: Buffer, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  throw new SyntaxError(`the string at byte ${from} does not end`);
}

function valueEnd(text: Buffer, from: number): number {
  const first = text[from];
  if (first === QUOTE) return stringEnd(text, from);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return scalarEnd(text, from);
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) at = stringEnd(text, at) - 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  throw new SyntaxError(`the value at byte ${from} does not end`);
}

function scalarEnd(text: Buffer, from: number): number {
  let at = from;
  while (at < text.length) {
    const byte = text[at] ?? 0;
    if (byte <= 0x20 || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) break;
    at++;
  }
  if (at === from) throw new SyntaxError(`a value is missing at byte ${from}`);
  return at;
}
