import { asText, type JsonObject, isObject, rawDigits, toDouble } from '../json/exact.ts';
import { parseDate, showDate } from '../text/dates.ts';
import { toAddressRange } from './address-ranges.ts';
import { showAddress, toSortableAddress } from './addresses.ts';
import { type FieldType } from './field-types.ts';

/** A value as searches compare it: dates in milliseconds, booleans 0 and 1, addresses as sortable text. */
export type Scalar = number | string;

const WHOLE = new Set(['byte', 'integer', 'long', 'short']);
const FRACTIONAL = new Set(['double', 'float']);
const STRINGS = new Set(['constant_keyword', 'flattened', 'keyword', 'wildcard']);
const TEXTS = new Set(['match_only_text', 'text']);

export type Family =
  | 'address'
  | 'boolean'
  | 'date'
  | 'fractional'
  | 'other'
  | 'string'
  | 'text'
  | 'whole';

export function familyOf({ type }: FieldType): Family {
  if (WHOLE.has(type)) return 'whole';
  if (FRACTIONAL.has(type)) return 'fractional';
  if (STRINGS.has(type)) return 'string';
  if (TEXTS.has(type)) return 'text';
  if (type === 'date') return 'date';
  if (type === 'boolean') return 'boolean';
  return type === 'ip' ? 'address' : 'other';
}

/** The indexed values for a value of a document; none if the field ignores it. */
export function toScalars(type: FieldType, value: unknown): Scalar[] {
  if (value === null || value === undefined) return [];
  if (type.type === 'ip_range') {
    const range = toAddressRange(value);
    return range === null ? [] : [range];
  }
  const text = rawDigits(value) ?? asText(value);
  switch (familyOf(type)) {
    case 'whole':
      return numbers(Math.trunc(Number(text)));
    case 'fractional':
      return numbers(Number(text));
    case 'boolean':
      return text === 'true' ? [1] : text === 'false' || text === '' ? [0] : [];
    case 'date': {
      const date = parseDate(text, formatOf(type));
      return typeof date === 'number' ? [date] : [];
    }
    case 'address': {
      const address = toSortableAddress(text);
      return address === null ? [] : [address];
    }
    case 'text':
      return [...new Set(toTokens(text))];
    default:
      return text.length > ignoreAbove(type) ? [] : [text];
  }
}

function numbers(value: number): Scalar[] {
  return Number.isNaN(value) ? [] : [value];
}

function ignoreAbove({ definition }: FieldType): number {
  const limit = definition['ignore_above'];
  return limit === undefined ? Infinity : Number(limit);
}

export function formatOf({ definition }: FieldType): string | undefined {
  const { format } = definition;
  return typeof format === 'string' ? format : undefined;
}

/** Words as the standard analyzer makes them, roughly: runs of letters and digits in lower case. */
function toTokens(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+(?:[.'][\p{L}\p{N}_]+)*/gu) ?? [];
}

/** As `docvalue_fields` shows it. */
export function showScalar(type: FieldType, value: Scalar, format?: string): unknown {
  switch (familyOf(type)) {
    case 'date':
      return showDate(Number(value), format ?? formatOf(type));
    case 'boolean':
      return value === 1;
    case 'fractional':
      return toDouble(Number(value));
    case 'address':
      return showAddress(String(value));
    default:
      return value;
  }
}

/** The values at a path of a source, also within lists. Keys may have dots. */
export function valuesAt(source: unknown, path: string): unknown[] {
  const found: unknown[] = [];
  collect(source, path, found);
  return found;
}

function collect(value: unknown, path: string, found: unknown[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, path, found);
  } else if (path === '') {
    if (value !== null && value !== undefined) found.push(value);
  } else if (isObject(value)) {
    descend(value, path, found);
  }
}

function descend(object: JsonObject, path: string, found: unknown[]): void {
  if (Object.hasOwn(object, path)) collect(object[path], '', found);
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (Object.hasOwn(object, head)) collect(object[head], path.slice(dot + 1), found);
  }
}
