import { isExactNumber, textOf, toExactNumber, type Json } from '../exact-json.ts';
import { trimBlanks } from './blanks.ts';
import type { TargetType } from './errors.ts';
import type { Spelling } from './spelling.ts';

/**
 * What is done to a value that is there.
 *
 * @see https://www.elastic.co/docs/reference/enrich-processor/convert-processor
 */
export type Conversion = {
  /** As `error.message` names it; `null`: what is expected is a text. */
  type: TargetType | null;
  /** `undefined` where it cannot be done. */
  convert: (value: Json, spelling: Spelling) => Json | undefined;
};

/** Any value, as it is. */
export const keep: Conversion = { type: null, convert: (value) => value };

export const bool: Conversion = { type: 'boolean', convert: toBool };
export const long: Conversion = { type: 'long', convert: toLong };
export const double: Conversion = { type: 'double', convert: toDouble };
export const string: Conversion = {
  type: 'string',
  convert: (value) => textOf(value) ?? undefined,
};
export const ip: Conversion = { type: 'ip', convert: toIp };
export const date: Conversion = { type: 'date', convert: toDate };

/** A string or a number, as text. */
export const text: Conversion = { type: null, convert: toNonBooleanText };

/** The same in lower case: no normaliser does it in the index. */
export const lower: Conversion = {
  type: null,
  convert: (value) => toNonBooleanText(value)?.toLowerCase(),
};

function toBool(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const lowered = value.toLowerCase();
  if (lowered === 'true') return true;
  return lowered === 'false' ? false : undefined;
}

const INTEGER = /^([+-]?)(\d+)(?:\.0+)?$/;
const LEADING_ZEROS = /^0+(?=\d)/;
const LONG_DIGITS_MAX = 19;
const LONG_MAX = 2n ** 63n - 1n;

/** A signed 64-bit integer, `61.0` included; exact digits beyond what a JavaScript number holds. */
export function toLong(value: Json): Json | undefined {
  if (Number.isSafeInteger(value)) return value;
  const [, sign, literal] = INTEGER.exec(textOf(value) ?? '') ?? [];
  if (literal === undefined) return undefined;
  const digits = literal.replace(LEADING_ZEROS, '');
  if (digits.length > LONG_DIGITS_MAX) return undefined;
  const integer = sign === '-' ? -BigInt(digits) : BigInt(digits);
  if (integer > LONG_MAX || integer < -LONG_MAX - 1n) return undefined;
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : toExactNumber(String(integer));
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

export function toDouble(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  const literal = typeof value === 'string' ? trimBlanks(value) : exactLiteral(value);
  if (literal === null || !DECIMAL.test(literal)) return undefined;
  const number = Number(literal);
  return Number.isFinite(number) ? number : undefined;
}

function exactLiteral(value: Json | undefined): string | null {
  return isExactNumber(value) ? value.rawJSON : null;
}

function toIp(value: Json, spelling: Spelling): string | undefined {
  return typeof value === 'string' ? (spelling.ip(value) ?? undefined) : undefined;
}

function toDate(value: Json, spelling: Spelling): string | undefined {
  const literal = textOf(value);
  return literal === null ? undefined : (spelling.date(literal) ?? undefined);
}

function toNonBooleanText(value: Json): string | undefined {
  return typeof value === 'boolean' ? undefined : (textOf(value) ?? undefined);
}
