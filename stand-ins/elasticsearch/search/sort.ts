import { ApiError, illegalArgument, parsingError, refuseUnknownFields } from '../errors.ts';
import { asText, isObject, toDouble, toLong } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { showAddress } from './addresses.ts';
import { checkDocValues, type FieldType } from './field-types.ts';
import { familyOf, type Scalar, toScalars } from './values.ts';

/** One key of the order of a search. */
export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
  /** The type of the field in indices that do not have it. */
  readonly unmappedType: string | null;
}

/** The order of the documents within a point in time. */
export const SHARD_ORDER: SortKey = { field: '_shard_doc', descending: false, unmappedType: null };

/** The value of a document for a key; `null` if there is none. */
export type SortValue = Scalar | null;

/** A key made ready for one index. */
export interface SortColumn {
  readonly key: SortKey;
  valueAt(position: number): SortValue;
  show(value: SortValue): unknown;
  parse(value: unknown): SortValue;
}

const LONGEST = '9223372036854775807';
const SMALLEST = '-9223372036854775808';

/** `sort` of a body: a list of names and objects. */
export function parseSort(given: unknown): SortKey[] {
  if (!Array.isArray(given)) throw parsingError('[sort] is a list here');
  return (given as unknown[]).flatMap((item) => {
    if (typeof item === 'string') return [toKey(item, 'asc', null)];
    if (!isObject(item)) throw parsingError('malformed sort format');
    return Object.entries(item).map(([field, value]) => {
      if (!isObject(value)) return toKey(field, value, null);
      refuseUnknownFields('field_sort', value, ['order', 'unmapped_type']);
      const { order = 'asc', unmapped_type: type } = value;
      return toKey(field, order, type === undefined ? null : asText(type));
    });
  });
}

function toKey(field: string, order: unknown, unmappedType: string | null): SortKey {
  if (order !== 'asc' && order !== 'desc') throw illegalArgument(`no order [${asText(order)}]`);
  return { field, descending: order === 'desc', unmappedType };
}

/**
 * @param shard number of the index in the search
 * @throws {ApiError} for a field that cannot be sorted by: the failure of this index's shard
 */
export function toSortColumn(key: SortKey, index: Index, shard: number): SortColumn {
  const { field } = key;
  if (field === '_doc' || field === SHARD_ORDER.field) {
    return {
      key,
      valueAt: (position) => shard * 4_294_967_296 + position,
      show: (value) => value,
      parse: (value) => value as SortValue,
    };
  }
  const column = index.columns.get(field);
  if (column === null) {
    const type = unmapped(key, index);
    return { ...describe(key, type), valueAt: () => null };
  }
  checkDocValues(column.type, index.name);
  return {
    ...describe(key, column.type),
    valueAt: (position) => pick(column.at(position), key.descending),
  };
}

function unmapped({ field, unmappedType }: SortKey, index: Index): FieldType {
  if (unmappedType !== null)
    return { field, type: unmappedType, sourcePath: field, definition: {} };
  throw new ApiError(400, {
    type: 'query_shard_exception',
    reason: `No mapping found for [${field}] in order to sort on`,
    index_uuid: index.uuid,
    index: index.name,
  });
}

function pick(values: readonly Scalar[], largest: boolean): SortValue {
  let chosen: SortValue = null;
  for (const value of values) {
    if (chosen === null || (largest ? value > chosen : value < chosen)) chosen = value;
  }
  return chosen;
}

function describe(key: SortKey, type: FieldType): Omit<SortColumn, 'valueAt'> {
  const family = familyOf(type);
  const isNumber = ['boolean', 'date', 'fractional', 'whole'].includes(family);
  return {
    key,
    // documents without a value come last
    show: (value) => {
      if (value === null) return isNumber ? toLong(key.descending ? SMALLEST : LONGEST) : null;
      if (family === 'address') return showAddress(String(value));
      return family === 'fractional' ? toDouble(Number(value)) : value;
    },
    parse: (value) => {
      if (value === null) return null;
      if (isNumber && typeof value === 'number')
        return Math.abs(value) >= Number(LONGEST) ? null : value;
      const [scalar] = toScalars(type, value);
      if (scalar !== undefined) return scalar;
      throw illegalArgument(`Failed to parse search_after value for field [${key.field}].`);
    },
  };
}

/** Negative if a comes before b; documents without value come last. */
export function compareValues({ descending }: SortKey, a: SortValue, b: SortValue): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return descending ? -compareScalars(a, b) : compareScalars(a, b);
}

/** Numbers by size, texts by their UTF-8 bytes. */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (a === b) return 0;
  // JavaScript orders texts in another way beyond the basic plane
  const isPlain = typeof a !== 'string' || typeof b !== 'string' || isBasic(a) || isBasic(b);
  if (isPlain) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isBasic(text: string): boolean {
  return !/[\ud800-\uffff]/.test(text);
}
