import { isObject, textOf, type Json } from './exact-json.ts';
import { parseRecord } from './parse-record.ts';

/** What can be said of a record that could not become a document, so that a person finds it at the source. */
export type RecordDescription = {
  owner: string | null;
  type: string | null;
  summary: string | null;
  lastModified: string | null;
};

const UNKNOWN: RecordDescription = { owner: null, type: null, summary: null, lastModified: null };

/** @param text as the source sent it, whatever it is */
export function describeRecord(text: string): RecordDescription {
  const record = parseOrNull(text);
  if (!isObject(record)) return UNKNOWN;
  return {
    owner: textOf(record.ownerName),
    type: textOf(record.type),
    summary: textOf(record.summary),
    lastModified: textOf(record.lastModified),
  };
}

function parseOrNull(text: string): Json {
  try {
    return parseRecord(text, false);
  } catch (error) {
    // no JSON, or nested beyond the stack: there is nothing to say
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}
