import {
  ApiError,
  illegalArgument,
  notInStandIn,
  parsingError,
  refuseUnknownFields,
} from '../errors.ts';
import { asText, isObject, type JsonObject, toDouble, toLong } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { showDate } from '../text/dates.ts';
import { showAddress } from './addresses.ts';
import { type FieldType } from './field-types.ts';
import { checkDocValues } from './indexed.ts';
import { familyOf, type Scalar, toScalars } from './values.ts';

/** One key of a search's order. */
export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
  /** `_last`, `_first`, or the value that stands for none. */
  readonly missing: unknown;
  readonly mode: string | null;
  readonly unmappedType: string | null;
  readonly format: string | null;
}

/** A document's value for a key: null where it has none. */
export type SortValue = Scalar | null;

/** A key made ready for one index. */
export interface SortColumn {
  readonly key: SortKey;
  valueAt(position: number): SortValue;
  show(value: SortValue): unknown;
  parse(value: unknown): SortValue;
}

const OPTIONS = ['format', 'missing', 'mode', 'nested', 'numeric_type', 'order', 'unmapped_type'];
const LONGEST = '9223372036854775807';
const SMALLEST = '-9223372036854775808';

/** `sort` of a body: a name, an object, or a list of both. */
export function parseSort(given: unknown): SortKey[] {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.flatMap((item) => {
    if (typeof item === 'string') return [toKey(item, item === '_score' ? 'desc' : 'asc', {})];
    if (!isObject(item))
      throw parsingError(
        'malformed sort format, within the sort array, an object, or an actual string are allowed',
      );
    return Object.entries(item).map(([field, value]) => {
      if (!isObject(value)) return toKey(field, String(value), {});
      refuseUnknownFields('field_sort', value, OPTIONS);
      for (const name of ['nested', 'numeric_type'])
        if (name in value) throw notInStandIn(`[${name}] of a sort`);
      return toKey(field, asText(value['order'] ?? (field === '_score' ? 'desc' : 'asc')), value);
    });
  });
}

/** `sort` of the query string: `field:desc,other`. */
export function parseSortParameter(text: string): SortKey[] {
  return text.split(',').map((part) => {
    const colon = part.lastIndexOf(':');
    return colon < 0
      ? toKey(part, part === '_score' ? 'desc' : 'asc', {})
      : toKey(part.slice(0, colon), part.slice(colon + 1), {});
  });
}

function toKey(field: string, order: string, options: JsonObject): SortKey {
  if (!/^(?:asc|desc)$/i.test(order)) {
    throw illegalArgument(
      `No enum constant org.elasticsearch.search.sort.SortOrder.${order.toUpperCase()}`,
    );
  }
  const { missing, mode, unmapped_type: unmappedType, format } = options;
  if (mode !== undefined && mode !== 'min' && mode !== 'max')
    throw notInStandIn(`the sort mode [${asText(mode)}]`);
  return {
    field,
    descending: order.toLowerCase() === 'desc',
    missing: missing ?? '_last',
    mode: mode === undefined ? null : mode,
    unmappedType: unmappedType === undefined ? null : asText(unmappedType),
    format: format === undefined ? null : asText(format),
  };
}

/**
 * @param shard number of the index in the search
 * @throws {ApiError} for a field that cannot be sorted by: the failure of this index's shard
 */
export function toSortColumn(key: SortKey, index: Index, shard: number): SortColumn {
  const { field } = key;
  const { log } = index.documents;
  const plain = {
    key,
    show: (value: SortValue) => value,
    parse: (value: unknown) => value as SortValue,
  };
  if (field === '_score') return { ...plain, valueAt: () => 1, show: () => toDouble(1) };
  if (field === '_doc') return { ...plain, valueAt: (position) => position };
  if (field === '_shard_doc')
    return { ...plain, valueAt: (position) => shard * 4_294_967_296 + position };
  if (field === '_index') return { ...plain, valueAt: () => index.name };
  if (field === '_seq_no') return { ...plain, valueAt: (position) => log[position]?.seqNo ?? 0 };
  if (field === '_id') {
    throw illegalArgument(
      'Fielddata access on the _id field is disallowed, you can re-enable it by updating the dynamic cluster setting: indices.id_field_data.enabled',
    );
  }
  const column = index.columns.get(field);
  if (column === null) return unmapped(key, index);
  const { type } = column;
  if (familyOf(type) === 'text') throw fielddataDisabled(field, index);
  checkDocValues(type);
  const takeLargest = key.mode === null ? key.descending : key.mode === 'max';
  return {
    ...describe(key, type),
    valueAt: (position) => {
      const values = column.at(position);
      return values.length > 1 ? pick(values, takeLargest) : (values[0] ?? ownMissing(key, type));
    },
  };
}

function unmapped(key: SortKey, index: Index): SortColumn {
  if (key.unmappedType === null) {
    throw new ApiError(400, {
      type: 'query_shard_exception',
      reason: `No mapping found for [${key.field}] in order to sort on`,
      index_uuid: index.uuid,
      index: index.name,
    });
  }
  const type: FieldType = {
    field: key.field,
    type: key.unmappedType,
    sourcePath: key.field,
    definition: {},
  };
  return { ...describe(key, type), valueAt: () => null };
}

export function fielddataDisabled(field: string, index: Index): ApiError {
  return illegalArgument(
    `Fielddata is disabled on [${field}] in [${index.name}]. Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [${field}] in order to load field data by uninverting the inverted index. Note that this can use significant memory.`,
  );
}

function pick(values: readonly Scalar[], largest: boolean): Scalar | null {
  let chosen: Scalar | null = null;
  for (const value of values) {
    if (chosen === null || (largest ? value > chosen : value < chosen)) chosen = value;
  }
  return chosen;
}

/** A value of the request that stands for none. */
function ownMissing({ missing }: SortKey, type: FieldType): SortValue {
  return missing === '_last' || missing === '_first' ? null : (toScalars(type, missing)[0] ?? null);
}

function describe(key: SortKey, type: FieldType): Omit<SortColumn, 'valueAt'> {
  const family = familyOf(type);
  const first = (key.missing === '_first') !== key.descending;
  return {
    key,
    show: (value) => {
      if (family === 'string' || family === 'other') return value;
      if (family === 'address') return value === null ? null : showAddress(String(value));
      if (value === null)
        return family === 'fractional'
          ? first
            ? '-Infinity'
            : 'Infinity'
          : toLong(first ? SMALLEST : LONGEST);
      if (family === 'fractional') return toDouble(Number(value));
      return family === 'date' && key.format !== null ? showDate(Number(value), key.format) : value;
    },
    parse: (value) => {
      const numeric =
        family === 'whole' || family === 'boolean' || family === 'date' || family === 'fractional';
      if (value === null) {
        if (!numeric) return null;
        throw illegalArgument(
          `[search_after] value at position 0 cannot be null for sort field [${key.field}] of type [${family === 'fractional' ? 'DOUBLE' : 'LONG'}].`,
        );
      }
      if (numeric && typeof value === 'number')
        return Math.abs(value) >= Number(LONGEST) ? null : value;
      if (family === 'boolean') return Number(value);
      const [scalar] = toScalars(type, value);
      if (scalar !== undefined) return scalar;
      throw illegalArgument(`Failed to parse search_after value for field [${key.field}].`, {
        type: 'number_format_exception',
        reason: `For input string: "${asText(value)}"`,
      });
    },
  };
}

/** Negative where a comes before b; documents without value last, or first where the key says so. */
export function compareValues(key: SortKey, a: SortValue, b: SortValue): number {
  if (a === b) return 0;
  if (a === null || b === null) {
    const nullFirst = key.missing === '_first';
    return (a === null) === nullFirst ? -1 : 1;
  }
  const ascending =
    typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : a < b ? -1 : 1;
  return key.descending ? -ascending : ascending;
}

/** Order of the UTF-8 bytes, which differs from that of JavaScript's strings beyond the basic plane. */
function compareText(a: string, b: string): number {
  // oxlint-disable-next-line no-control-regex -- the common case: plain text sorts alike
  if (!/[\ud800-\uffff]/.test(a) && !/[\ud800-\uffff]/.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
