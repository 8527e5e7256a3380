import { hash } from 'node:crypto';
import { setKey } from './compatible/place.ts';
import { afterString, parseJson } from './escaped-keys.ts';
import {
  isExactNumber,
  isObject,
  toExactNumber,
  type ExactNumber,
  type Json,
} from './exact-json.ts';
import { toWellFormedJson } from './well-formed.ts';

/**
 * Parses JSON, made well-formed, without changing a number: what a JavaScript number cannot hold, or would print otherwise,
 * becomes an {@link ExactNumber}, which `JSON.stringify` writes as it was. Those are put aside as strings, the
 * rest is read by the engine's own parser, and they are put back.
 *
 * The engine can tell a reviver each literal too, but is slower, and at times loses one (seen in Node 24.21:
 * two of 240,000 random texts, other ones each time).
 *
 * @param plainNumbers every number is known to be a short integer
 * @throws {SyntaxError}
 */
export function parseRecord(received: string, plainNumbers: boolean): Json {
  const text = toWellFormedJson(received);
  if (plainNumbers) return parseJson(text);
  const aside: ExactNumber[] = [];
  // no string of the record may look like a number that was put aside: none holds its own fingerprint
  const mark = text.includes(ESCAPED_NUL) ? `${hash('sha256', text, 'hex')}:` : '';
  const parsed = parseJson(putAside(text, mark, aside));
  return putBack(parsed, `\0${mark}`, aside, { left: aside.length });
}

const ESCAPED_NUL = '\\u0000';
const QUOTE = '"';
const MINUS = 0x2d;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LOWER_E = 0x65;
/** The bit in which upper and lower case differ. */
const CASE = 0x20;
const PLAIN_DIGITS_MAX = 15;

/** A number where a value may stand: not before a colon, where it would be a key. */
const NUMBER = /(?<=^|[[:,\s])-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=\s*(?:[,\]}]|$))/g;

/** Writes a string in the place of each number that a JavaScript number would change. */
function putAside(text: string, mark: string, aside: ExactNumber[]): string {
  let replaced = '';
  let copied = 0;
  let begin = 0;
  for (;;) {
    const open = text.indexOf(QUOTE, begin);
    const end = open === -1 ? text.length : open;
    if (mayHoldSpecial(text, begin, end)) {
      replaced += text.slice(copied, begin) + replaceNumbers(text.slice(begin, end), mark, aside);
      copied = end;
    }
    if (open === -1) return copied === 0 ? text : replaced + text.slice(copied);
    begin = afterString(text, open);
  }
}

/** Whether there is a digit, and a sign, a fraction, an exponent or a length that no plain number has. */
function mayHoldSpecial(text: string, begin: number, end: number): boolean {
  let hasDigit = false;
  let hasSign = end - begin > PLAIN_DIGITS_MAX;
  for (let at = begin; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= DIGIT_0 && code <= DIGIT_9) hasDigit = true;
    else if (code === MINUS || code === DOT || (code | CASE) === LOWER_E) hasSign = true;
  }
  return hasDigit && hasSign;
}

function replaceNumbers(between: string, mark: string, aside: ExactNumber[]): string {
  return between.replaceAll(NUMBER, (literal) => {
    const number = toExactNumber(literal);
    if (!isExactNumber(number)) return literal;
    aside.push(number);
    return `"${ESCAPED_NUL}${mark}${aside.length - 1}"`;
  });
}

/** Stops as soon as all are back. */
function putBack(
  value: Json,
  mark: string,
  aside: readonly ExactNumber[],
  count: { left: number },
): Json {
  if (count.left === 0) return value;
  if (typeof value === 'string') {
    if (!value.startsWith(mark)) return value;
    count.left -= 1;
    return aside[Number(value.slice(mark.length))] ?? value;
  }
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      value[at] = putBack(value[at] as Json, mark, aside, count);
    }
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      const member = value[key];
      if (member === undefined) continue;
      const back = putBack(member, mark, aside, count);
      if (back !== member) setKey(value, key, back);
    }
  }
  return value;
}
