import { ApiError } from '../errors.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { parseJson } from '../json/parse.ts';
import { asObject, fieldOf, type Mapping } from '../state/mapping.ts';
import { parseDate } from '../text/dates.ts';

/**
 * A document from its text.
 *
 * @param isIngested a pipeline parses it; it reports broken JSON in another way than the index does
 * @throws {ApiError} 400 if the text is no JSON object
 */
export function parseSource(text: string, isIngested: boolean): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof ApiError) || isIngested) throw error;
    throw refusal(`failed to parse: ${error.message}`);
  }
  if (!isObject(value)) throw refusal('Malformed content, must start with an object');
  return value;
}

/**
 * A document of a data stream has exactly one time.
 *
 * @throws {ApiError} 400 if `@timestamp` is missing, has several values or is no date
 */
export function checkTimestamp(source: JsonObject, mapping: Mapping): void {
  const given = source['@timestamp'] ?? [];
  const values = (Array.isArray(given) ? (given as unknown[]) : [given]).filter(
    (item) => item !== null,
  );
  const what = 'data stream timestamp field [@timestamp]';
  if (values.length === 0) throw refusal(`failed to parse: ${what} is missing`);
  if (values.length > 1) throw refusal(`${what} encountered multiple values`);
  const format = asObject(fieldOf(mapping, '@timestamp'))['format'];
  const date = parseDate(asText(values[0]), typeof format === 'string' ? format : undefined);
  if (typeof date !== 'number') throw refusal(`${what}: ${date.reason}`);
}

function refusal(reason: string): ApiError {
  return new ApiError(400, { type: 'document_parsing_exception', reason });
}
