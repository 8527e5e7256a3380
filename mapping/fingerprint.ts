import { createHash } from 'node:crypto';
import { isExactNumber, isObject, type Json, type JsonObject } from './exact-json.ts';

/** Not part of an indicator's content: clocks, the program's own marks, copies of the source text. */
const NOT_CONTENT: readonly (readonly string[])[] = [
  ['@timestamp'],
  ['event', 'created'],
  ['event', 'ingested'],
  ['event', 'hash'],
  ['event', 'original'],
  ['error'],
  ['tags'],
  ['data_stream'],
  ['tcsync'],
  ['threat_connect', 'indicator', 'deleted_at'],
  ['threat_connect', 'indicator', 'expiration_duration'],
];

/** Usage stamps and votes: they move without the indicator having changed. */
const NOT_CONTENT_ANYWHERE = new Set([
  'last_used',
  'lastUsed',
  'up_vote_count',
  'down_vote_count',
  'upVoteCount',
  'downVoteCount',
]);

/**
 * `event.hash`: two readings of an indicator have the same one exactly when its content is the same. The
 * order of keys and lists does not matter, as the source promises none.
 */
export function contentFingerprint(document: JsonObject): string {
  const view = NOT_CONTENT.reduce<JsonObject>(without, document);
  return `v1:${createHash('sha256').update(canonical(view)).digest('hex')}`;
}

/**
 * `_id` of a document: the same content, read again on the same day, is the same document.
 *
 * @param parts ThreatConnect's id, `event.hash`, `@timestamp`, `deleted_at` (empty where absent) and, for
 *   what is written although its content may be there, the run's id
 */
export function documentId(parts: readonly string[]): string {
  return createHash('sha256')
    .update(parts.join('\0'))
    .digest()
    .subarray(0, 15)
    .toString('base64url');
}

function without(object: JsonObject, path: readonly string[]): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined || object[key] === undefined) return object;
  const inner = object[key];
  if (rest.length > 0 && !isObject(inner)) return object;
  return {
    ...object,
    [key]: isObject(inner) && rest.length > 0 ? without(inner, rest) : undefined,
  };
}

/** Keys by code unit, lists by their members' own canonical text. */
function canonical(value: Json): string {
  if (isExactNumber(value)) return canonicalNumber(value.rawJSON);
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined || NOT_CONTENT_ANYWHERE.has(key)) continue;
    members.push(`${JSON.stringify(key)}:${canonical(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Integers beyond 2^53 keep their digits, every other number is spelled as JavaScript does. */
function canonicalNumber(literal: string): string {
  const isUnsafeInteger = /^-?\d+$/.test(literal) && !Number.isSafeInteger(Number(literal));
  return isUnsafeInteger ? literal : String(Number(literal));
}
