import { ApiError } from '../errors.ts';
import { asText } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { addressRange } from './addresses.ts';
import { parseQueryDate } from './date-math.ts';
import { type FieldType } from './field-types.ts';
import { familyOf, formatOf, type Scalar, toScalars } from './values.ts';

/** First and last value that a term stands for; `null` if no value of the field is like it. */
export function termRange(
  index: Index,
  type: FieldType,
  value: unknown,
  nowMs: number,
): readonly [Scalar, Scalar] | null {
  const text = asText(value);
  const family = familyOf(type);
  if (family === 'string' || family === 'text') return [text, text];
  const network = family === 'address' ? addressRange(text) : null;
  if (network !== null) return network;
  if (family === 'whole' && text.includes('.')) return null;
  return [
    toBound(index, type, value, undefined, nowMs, false),
    toBound(index, type, value, undefined, nowMs, true),
  ];
}

/**
 * One end of a range.
 *
 * @param roundUp for `gt` and `lte`: a date without time is the end of its day
 * @throws {ApiError} 400 for a value that the field cannot have
 */
export function toBound(
  index: Index,
  type: FieldType,
  value: unknown,
  format: string | undefined,
  nowMs: number,
  roundUp: boolean,
): Scalar {
  const text = asText(value);
  if (familyOf(type) === 'date') {
    const date = parseQueryDate(text, format ?? formatOf(type), nowMs, roundUp);
    if (typeof date === 'number') return date;
    throw badValue(index, date.reason);
  }
  const [scalar] = text === '' ? [] : toScalars(type, text);
  if (scalar !== undefined) return scalar;
  throw badValue(index, `[${text}] is no value of the type [${type.type}]`);
}

function badValue(index: Index, reason: string): ApiError {
  return new ApiError(400, {
    type: 'query_shard_exception',
    reason: `failed to create query: ${reason}`,
    index_uuid: index.uuid,
    index: index.name,
  });
}
