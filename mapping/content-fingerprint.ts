import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { isObject, type Json, type JsonObject } from './exact-json.ts';

/** Usage stamps and votes: they move without the indicator having changed. */
const NOT_CONTENT_ANYWHERE: ReadonlySet<string> = new Set([
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
  return `v1:${hash('sha256', canonicalJson(toContent(document), NOT_CONTENT_ANYWHERE), 'hex')}`;
}

/** Base64 characters of 15 bytes. */
const ID_CHARACTERS = 20;

/**
 * `_id` of a document: the same content, read again on the same day, is the same document.
 *
 * @param parts ThreatConnect's id, `event.hash`, `@timestamp`, `deleted_at` (empty where absent) and, for
 *   what is written although its content may be there, the run's id
 */
export function documentId(parts: readonly string[]): string {
  return hash('sha256', parts.join('\0'), 'base64url').slice(0, ID_CHARACTERS);
}

/** A document without clocks, the program's own marks and copies of the source's text. */
function toContent(document: JsonObject): JsonObject {
  return {
    ...document,
    '@timestamp': undefined,
    data_stream: undefined,
    error: undefined,
    event: without(document.event, {
      created: undefined,
      hash: undefined,
      ingested: undefined,
      original: undefined,
    }),
    tags: undefined,
    tcsync: undefined,
    threat_connect: toContentOfSource(document.threat_connect),
  };
}

function toContentOfSource(source: Json | undefined): Json | undefined {
  if (!isObject(source)) return source;
  const indicator = without(source.indicator, {
    deleted_at: undefined,
    expiration_duration: undefined,
  });
  return { ...source, indicator };
}

function without(value: Json | undefined, keys: JsonObject): Json | undefined {
  return isObject(value) ? { ...value, ...keys } : value;
}
