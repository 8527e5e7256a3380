import { asText } from '../json/exact.ts';
import { ApiError } from '../errors.ts';
import { malformedJson } from '../json/malformed.ts';
import { type Fields, scanObject, valueOf } from '../json/scan.ts';
import { asObject, fieldOf, type Mapping, toJava } from '../state/mapping.ts';
import { type DateFailure, parseDate } from '../text/dates.ts';

const TIMESTAMP = Buffer.from('@timestamp');
const NULL = 0x6e;
const QUOTE = 0x22;

/** @throws {ApiError} 400 for bytes that are no document */
export function parseSource(bytes: Uint8Array): Fields {
  const fields = scanObject(bytes);
  if (fields === null) throw malformedDocument(Buffer.from(bytes).toString('utf8'));
  return fields;
}

function malformedDocument(text: string): ApiError {
  const type = 'document_parsing_exception';
  if (!text.trimStart().startsWith('{')) {
    return new ApiError(400, { type, reason: 'Malformed content, must start with an object' });
  }
  const cause = malformedJson(text);
  return new ApiError(400, {
    type,
    reason: `failed to parse: ${cause.reason}`,
    caused_by: cause,
  });
}

/**
 * A document of a data stream has exactly one time.
 *
 * @throws {ApiError} 400 if `@timestamp` is missing, many or no date
 */
export function checkTimestamp(
  bytes: Uint8Array,
  fields: Fields,
  id: string,
  mapping: Mapping,
): void {
  const slot = valueOf(bytes, fields, TIMESTAMP);
  const from = fields[slot] ?? 0;
  const to = fields[slot + 1] ?? 0;
  if (slot < 0 || bytes[from] === NULL) throw missingTimestamp();
  const format = toFormat(mapping);
  if (bytes[from] === QUOTE) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from + 1, to - from - 2).toString(
      'latin1',
    );
    if (isGood(text, format)) return;
  }
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8', from, to));
  const values = Array.isArray(value)
    ? (value as unknown[]).filter((item) => item !== null)
    : [value];
  const [only] = values;
  if (values.length === 0) throw missingTimestamp();
  if (values.length > 1) {
    throw badTimestamp(id, values[1], {
      type: 'illegal_argument_exception',
      reason: 'data stream timestamp field [@timestamp] encountered multiple values',
    });
  }
  const date = typeof only === 'object' ? null : parseDate(asText(only), format);
  if (date === null) {
    throw badTimestamp(id, only, {
      type: 'illegal_argument_exception',
      reason: 'Expected text but found START_OBJECT',
    });
  }
  if (typeof date !== 'number') throw badTimestamp(id, only, date);
}

let lastGood = '';

/** Documents of one request often carry one time. */
function isGood(text: string, format: string | undefined): boolean {
  if (text === lastGood) return true;
  if (typeof parseDate(text, format) !== 'number') return false;
  if (format === undefined) lastGood = text;
  return true;
}

function toFormat(mapping: Mapping): string | undefined {
  const format = asObject(fieldOf(mapping, '@timestamp'))['format'];
  return typeof format === 'string' ? format : undefined;
}

function missingTimestamp(): ApiError {
  const reason = 'data stream timestamp field [@timestamp] is missing';
  return new ApiError(400, {
    type: 'document_parsing_exception',
    reason: `failed to parse: ${reason}`,
    caused_by: { type: 'illegal_argument_exception', reason },
  });
}

function badTimestamp(id: string, value: unknown, failure: DateFailure): ApiError {
  const parsing = failure.reason.startsWith('failed to parse date field');
  return new ApiError(400, {
    type: 'document_parsing_exception',
    reason: `failed to parse field [@timestamp] of type [date] in document with id '${id}'. Preview of field's value: '${toJava(value)}'`,
    caused_by: {
      ...failure,
      ...(parsing
        ? {
            caused_by: {
              type: 'date_time_parse_exception',
              reason: 'Failed to parse with all enclosed parsers',
            },
          }
        : {}),
    },
  });
}
