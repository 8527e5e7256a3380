import { ApiError, type Fault } from '../errors.ts';
import { asText } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { type DateFailure, DEFAULT_DATE_FORMAT } from '../text/dates.ts';
import { addressRange } from './addresses.ts';
import { parseQueryDate } from './date-math.ts';
import { type FieldType } from './field-types.ts';
import { familyOf, formatOf, type Scalar, toScalars } from './values.ts';

/** First and last value that a term stands for; null where no value of the field is like it. */
export function termRange(
  index: Index,
  type: FieldType,
  value: unknown,
  nowMs: number,
): readonly [Scalar, Scalar] | null {
  const text = asText(value);
  switch (familyOf(type)) {
    case 'date': {
      const low = termDate(index, type, text, nowMs, false);
      return [low, termDate(index, type, text, nowMs, true)];
    }
    case 'address': {
      const range = addressRange(text);
      if (range !== null) return range;
      const [address] = toScalars(type, text);
      if (address === undefined)
        throw badValue(
          index,
          `'${text}' is not an IP string literal.`,
          'illegal_argument_exception',
        );
      return [address, address];
    }
    case 'whole':
      checkNumber(index, text);
      return Number.isInteger(Number(text)) ? [Number(text), Number(text)] : null;
    case 'fractional':
      checkNumber(index, text);
      return [Number(text), Number(text)];
    case 'boolean': {
      const [flag] = toScalars(type, text);
      if (flag === undefined) {
        throw badValue(
          index,
          `Can't parse boolean value [${text}], expected [true] or [false]`,
          'illegal_argument_exception',
        );
      }
      return [flag, flag];
    }
    default:
      return [text, text];
  }
}

/** One end of a range; `roundUp` as for `gt` and `lte`. */
export function toBound(
  index: Index,
  type: FieldType,
  value: unknown,
  format: string | undefined,
  nowMs: number,
  roundUp: boolean,
): Scalar {
  const text = asText(value);
  const family = familyOf(type);
  if (family === 'date') return toDate(type, text, format, nowMs, roundUp);
  if (family === 'whole' || family === 'fractional') {
    checkNumber(index, text);
    return Number(text);
  }
  if (family === 'address') {
    const [address] = toScalars(type, text);
    if (address === undefined)
      throw badValue(index, `'${text}' is not an IP string literal.`, 'illegal_argument_exception');
    return address;
  }
  return family === 'boolean' ? (text === 'true' ? 1 : 0) : text;
}

function termDate(
  index: Index,
  type: FieldType,
  text: string,
  nowMs: number,
  roundUp: boolean,
): number {
  try {
    return toDate(type, text, undefined, nowMs, roundUp);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const wrapped = badValue(index, error.message, error.fault.type);
    throw new ApiError(400, { ...wrapped.fault, caused_by: error.fault }, { roots: error.roots });
  }
}

function toDate(
  type: FieldType,
  text: string,
  format: string | undefined,
  nowMs: number,
  roundUp: boolean,
): number {
  const used = format ?? formatOf(type) ?? DEFAULT_DATE_FORMAT;
  const date = parseQueryDate(text, used, nowMs, roundUp);
  if (typeof date === 'number') return date;
  throw badDate(date);
}

function badDate(failure: DateFailure): ApiError {
  const cause: Fault = failure.reason.startsWith('failed to parse date field')
    ? {
        ...failure,
        caused_by: {
          type: 'date_time_parse_exception',
          reason: 'Failed to parse with all enclosed parsers',
        },
      }
    : failure;
  return new ApiError(400, {
    type: 'parse_exception',
    reason: `${failure.reason}: [${failure.reason}]`,
    caused_by: cause,
  });
}

function checkNumber(index: Index, text: string): void {
  if (text.trim() === '' || Number.isNaN(Number(text))) {
    throw badValue(index, `For input string: "${text}"`, 'number_format_exception');
  }
}

function badValue(index: Index, reason: string, cause: string): ApiError {
  return new ApiError(400, {
    type: 'query_shard_exception',
    reason: `failed to create query: ${reason}`,
    index_uuid: index.uuid,
    index: index.name,
    caused_by: { type: cause, reason },
  });
}
