import { notInStandIn } from '../../errors.ts';
import { asText, isObject, type JsonObject } from '../../json/exact.ts';
import { toAddressRange } from '../../search/address-ranges.ts';
import { toSortableAddress } from '../../search/addresses.ts';
import { parseDate } from '../../text/dates.ts';

/** Why a field does not take a value. */
export interface BadValue {
  readonly why: string;
  /** With `ignore_malformed` the document is stored nevertheless. */
  readonly malformed: boolean;
}

/** `ignored`: the value is stored but not indexed. `null`: the field takes it. */
export type Verdict = BadValue | 'ignored' | null;

/** Longest term of an index. */
const MAX_TERM_BYTES = 32_766;
/** Levels of a flattened object. */
const DEPTH_LIMIT = 20;

const BITS: Readonly<Record<string, number>> = { byte: 8, short: 16, integer: 32, long: 64 };
const FRACTIONAL = new Set(['double', 'float']);
const BOUNDS = new Set(['gt', 'gte', 'lt', 'lte']);

/**
 * @param value neither a list nor null
 * @param constant of a `constant_keyword`: the value of the index; `null` if no document has brought one yet
 * @throws {ApiError} 501 for a type that is not checked
 */
export function checkValue(
  value: unknown,
  definition: JsonObject,
  constant: string | null,
): Verdict {
  const type = String(definition['type']);
  if (type === 'flattened') return checkFlattened(definition, value);
  if (type === 'ip_range') return isRange(value) ? null : bad('no range of addresses');
  if (isObject(value)) return bad('it is an object');
  const text = asText(value);
  if (type in BITS || FRACTIONAL.has(type)) return checkNumber(type, value, text);
  switch (type) {
    case 'keyword':
    case 'wildcard':
      return checkKeyword(definition, text);
    case 'text':
    case 'match_only_text':
      return null;
    case 'constant_keyword':
      return constant === null || text === constant ? null : bad(`it differs from [${constant}]`);
    case 'boolean':
      return typeof value !== 'number' && ['true', 'false', ''].includes(text)
        ? null
        : malformed('neither true nor false');
    case 'date': {
      const { format } = definition;
      const date = parseDate(text, typeof format === 'string' ? format : undefined);
      return typeof date === 'number' ? null : malformed(date.reason);
    }
    case 'ip':
      return toSortableAddress(text) === null ? malformed('no IP address') : null;
    default:
      throw notInStandIn(`a value of type [${type}]`);
  }
}

function checkNumber(type: string, value: unknown, text: string): Verdict {
  if (text === '') return null;
  const number = typeof value === 'boolean' || text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) return malformed('no number');
  const bits = BITS[type];
  const limit = 2 ** ((bits ?? 0) - 1);
  return bits === undefined || (number >= -limit && number <= limit - 1)
    ? null
    : malformed(`out of the range of [${type}]`);
}

function checkKeyword(definition: JsonObject, text: string): Verdict {
  if (text.length > Number(definition['ignore_above'] ?? Infinity)) return 'ignored';
  const hasTerms =
    definition['type'] === 'keyword' &&
    (definition['index'] !== false || definition['doc_values'] !== false);
  // a character has at most three bytes, a surrogate pair four
  if (!hasTerms || text.length * 3 <= MAX_TERM_BYTES) return null;
  return Buffer.byteLength(text) <= MAX_TERM_BYTES ? null : bad('the term is too long');
}

/** A flattened field takes an object of limited depth. Each leaf makes one term, together with its key. */
function checkFlattened(definition: JsonObject, value: unknown): BadValue | null {
  if (!isObject(value)) return bad('it is no object');
  const ignoreAbove = Number(definition['ignore_above'] ?? Infinity);
  const fits = (inner: unknown, key: string, depth: number): boolean => {
    if (Array.isArray(inner)) return inner.every((item) => fits(item, key, depth));
    if (isObject(inner)) {
      const prefix = depth === 0 ? '' : `${key}.`;
      return (
        depth < DEPTH_LIMIT &&
        Object.entries(inner).every(([name, leaf]) => fits(leaf, prefix + name, depth + 1))
      );
    }
    const text = asText(inner);
    if (inner === null || text.length > ignoreAbove) return true;
    return Buffer.byteLength(key) + 1 + Buffer.byteLength(text) <= MAX_TERM_BYTES;
  };
  return fits(value, '', 0) ? null : bad('it is too deep, or has a leaf that is too long');
}

function isRange(value: unknown): boolean {
  if (isObject(value) && Object.keys(value).some((name) => !BOUNDS.has(name))) return false;
  return toAddressRange(value) !== null;
}

function bad(why: string): BadValue {
  return { why, malformed: false };
}

function malformed(why: string): BadValue {
  return { why, malformed: true };
}
