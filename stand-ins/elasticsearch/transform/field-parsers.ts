import { ApiError, illegalArgument } from '../errors.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { parseTimeMs } from '../text/time.ts';
import { type FieldParser } from './object-parser.ts';

/** The kinds of fields that a transform's configuration has. */
export const text: FieldParser<string> = {
  takes: (value) => typeof value === 'string',
  parse: (value) => String(value),
};

/** One text or a list of what can be made into text. */
export const texts: FieldParser<string[]> = {
  takes: (value) => typeof value === 'string' || Array.isArray(value),
  parse: (value) => (Array.isArray(value) ? value.map(asText) : [String(value)]),
};

export const object: FieldParser<JsonObject> = {
  takes: isObject,
  parse: (value) => value as JsonObject,
};

/** A whole number, also as text; null where it is null. */
export const number: FieldParser<number | null> = {
  takes: (value) => value === null || typeof value === 'number' || typeof value === 'string',
  parse: (value) => {
    if (value === null) return null;
    const parsed = Number(value);
    if (value !== '' && !Number.isNaN(parsed)) return parsed;
    const reason = `For input string: "${asText(value)}"`;
    throw new ApiError(400, { type: 'number_format_exception', reason });
  },
};

export const flag: FieldParser<boolean | null> = {
  takes: (value) => value === null || typeof value === 'boolean' || typeof value === 'string',
  parse: (value) => {
    if (value === null) return null;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw illegalArgument(
      `Failed to parse value [${asText(value)}] as only [true] or [false] are allowed.`,
    );
  },
};

/** A time such as `30s`, kept as it was written. */
export function time(name: string): FieldParser<string> {
  return {
    takes: (value) => typeof value === 'string',
    parse: (value) => {
      const written = String(value);
      try {
        parseTimeMs(name, written);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        throw illegalArgument(error.message);
      }
      return written;
    },
  };
}
