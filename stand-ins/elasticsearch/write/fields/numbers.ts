import { asText, type JsonObject } from '../../json/exact.ts';
import { type Node } from '../../json/nodes.ts';
import { doubleToJava, nodeToJava, numberToJava } from '../../text/java.ts';
import { badObject, badScalar, type BadValue } from './bad-value.ts';
import { type DocumentText } from './document-text.ts';

interface WholeType {
  readonly bits: number;
  /** As messages name the type. */
  readonly noun: string;
  /** As the reader of numbers names it. */
  readonly range: string;
  readonly boxed: string;
}

const LONG = { range: 'long (-9223372036854775808 - 9223372036854775807)' };
const INT = { range: 'int (-2147483648 - 2147483647)' };

const WHOLE: Readonly<Record<string, WholeType>> = {
  long: { bits: 64, noun: 'a long', boxed: 'Long', ...LONG },
  integer: { bits: 32, noun: 'an integer', boxed: 'Integer', ...INT },
  short: { bits: 16, noun: 'a short', boxed: 'Short', range: 'Java short' },
  byte: { bits: 8, noun: 'a byte', boxed: 'Byte', range: '' },
};

// The greatest value that rounds to a finite one.
const LARGEST: Readonly<Record<string, number>> = {
  double: Number.MAX_VALUE,
  scaled_float: Number.MAX_VALUE,
  float: 3.402_823_567_797_336_6e38,
  half_float: 65_519.996,
};

export function isNumberType(type: string): boolean {
  return Object.hasOwn(WHOLE, type) || Object.hasOwn(LARGEST, type);
}

/** True for the number that a field of the type takes without a question. */
export function isPlainNumber(type: string, value: number): boolean {
  const whole = WHOLE[type];
  if (whole === undefined) return Math.abs(value) <= (LARGEST[type] ?? 0);
  const limit = whole.bits === 64 ? Number.MAX_SAFE_INTEGER : 2 ** (whole.bits - 1) - 1;
  return Number.isInteger(value) && Math.abs(value) <= limit;
}

export function checkNumber(
  type: string,
  definition: JsonObject,
  node: Node,
  text: DocumentText,
): BadValue | null {
  if (node.kind === 'object') return badObject(node, 'Cannot parse object as number');
  if (node.kind === 'boolean') {
    const token = `VALUE_${node.text.toUpperCase()}`;
    const message = `Current token (${token}) not numeric, can not use numeric value accessors`;
    return badScalar(node, text.readerFault('json_parse_exception', message, node.to), true);
  }
  if (node.kind !== 'string' && node.kind !== 'number') return null;
  const coerce = asText(definition['coerce'] ?? true) === 'true';
  if (node.kind === 'string' && node.text === '' && coerce) return null;
  const whole = WHOLE[type];
  if (whole === undefined) return checkFractional(type, node, node.text);
  return node.kind === 'string'
    ? checkWholeText(whole, node, node.text, coerce)
    : checkWholeNumber(whole, node, node.text, coerce, text);
}

function checkWholeText(
  { bits, noun, boxed }: WholeType,
  node: Node,
  digits: string,
  coerce: boolean,
): BadValue | null {
  if (!coerce) return badScalar(node, `${boxed} value passed as String`, true);
  // the smaller types are read as doubles: with spaces, and no number is 0
  const text = bits === 64 ? digits : digits.trim();
  const value = bits < 64 && text === 'NaN' ? 0n : toWhole(text);
  if (value === null) {
    const reason = digits === '' ? 'empty String' : `For input string: "${digits}"`;
    const type = bits === 64 ? 'illegal_argument_exception' : 'number_format_exception';
    return badScalar(node, { type, reason }, true);
  }
  return fits(value, bits)
    ? null
    : badScalar(node, `Value [${digits}] is out of range for ${noun}`, true);
}

function checkWholeNumber(
  { bits, noun, range, boxed }: WholeType,
  node: Node,
  digits: string,
  coerce: boolean,
  text: DocumentText,
): BadValue | null {
  const value = toWhole(digits);
  const outOf = (name: string): BadValue => {
    const message = `Numeric value (${digits}) out of range of ${name}`;
    return badScalar(node, text.readerFault('input_coercion_exception', message, node.to), true);
  };
  if (value === null) return outOf(bits === 64 ? LONG.range : INT.range);
  if (!coerce && !isWholeText(digits)) {
    const shown = numberToJava(digits);
    return badScalar(node, `${shown} cannot be converted to ${boxed} without data loss`, true);
  }
  if (bits < 32 && !fits(value, 32)) return outOf(INT.range);
  if (fits(value, bits)) return null;
  return range === ''
    ? badScalar(node, `Value [${digits}] is out of range for ${noun}`, true)
    : outOf(range);
}

function checkFractional(type: string, node: Node, digits: string): BadValue | null {
  const value = node.kind === 'number' ? Number(digits) : toDouble(digits);
  if (value === null) {
    return badScalar(
      node,
      { type: 'number_format_exception', reason: `For input string: "${digits}"` },
      true,
    );
  }
  if (Math.abs(value) <= (LARGEST[type] ?? 0)) return null;
  const finite = type === 'half_float' ? Math.abs(value) <= (LARGEST['float'] ?? 0) : false;
  const shown = finite
    ? doubleToJava(value)
    : doubleToJava(value > 0 ? Infinity : value && -Infinity);
  const name = Number.isNaN(value) ? 'NaN' : shown;
  const bad = badScalar(node, `[${type}] supports only finite values, but got [${name}]`, true);
  const converted = node.kind === 'number' && !/^-?\d+$/.test(digits);
  return { ...bad, preview: converted ? name : nodeToJava(node) };
}

/** Decimal text as a double, as Java reads it; null for other text. */
function toDouble(text: string): number | null {
  const trimmed = text.trim();
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(trimmed)) {
    return Number(trimmed.replace(/[dDfF]$/, ''));
  }
  if (trimmed === 'NaN') return Number.NaN;
  return /^[+-]?Infinity$/.test(trimmed) ? Number(trimmed) : null;
}

/** The whole part of decimal text; null for other text and for what no long can be near. */
function toWhole(text: string): bigint | null {
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace('+', ''));
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
}

/** No digits but zeros behind the point. */
function isWholeText(text: string): boolean {
  return Number.isInteger(Number(text));
}

function fits(value: bigint, bits: number): boolean {
  return BigInt.asIntN(bits, value) === value;
}
