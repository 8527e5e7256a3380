import { ApiError } from '../errors.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { parseTimeMs } from '../text/time.ts';
import { type FieldParser, illegalPart } from './object-parser.ts';

/** The kinds of fields that a transform's configuration has. */
export const text: FieldParser<string> = {
  takes: (value) => typeof value === 'string',
  parse: ({ value }) => String(value),
};

/** One text or a list of what can be made into text. */
export const texts: FieldParser<string[]> = {
  takes: (value) => typeof value === 'string' || Array.isArray(value),
  parse: ({ value }) => (Array.isArray(value) ? value.map(asText) : [String(value)]),
};

export const object: FieldParser<JsonObject> = {
  takes: isObject,
  parse: ({ value }) => value as JsonObject,
};

/** A whole number, also as text; null where it is null. */
export const number: FieldParser<number | null> = {
  takes: (value) => value === null || typeof value === 'number' || typeof value === 'string',
  parse: (part) => {
    if (part.value === null) return null;
    const parsed = Number(part.value);
    if (part.value !== '' && !Number.isNaN(parsed)) return parsed;
    const reason = `For input string: "${asText(part.value)}"`;
    throw illegalPart(part, reason, 'number_format_exception');
  },
};

export const flag: FieldParser<boolean | null> = {
  takes: (value) => value === null || typeof value === 'boolean' || typeof value === 'string',
  parse: (part) => {
    if (part.value === null) return null;
    if (part.value === true || part.value === 'true') return true;
    if (part.value === false || part.value === 'false') return false;
    throw illegalPart(
      part,
      `Failed to parse value [${asText(part.value)}] as only [true] or [false] are allowed.`,
    );
  },
};

/** A time such as `30s`, kept as it was written. */
export function time(name: string): FieldParser<string> {
  return {
    takes: (value) => typeof value === 'string',
    parse: (part) => {
      const written = String(part.value);
      try {
        parseTimeMs(name, written);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        throw illegalPart(part, error.message);
      }
      return written;
    },
  };
}
