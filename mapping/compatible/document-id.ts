import { hash } from 'node:crypto';
import { textOf, type JsonObject } from '../exact-json.ts';

/**
 * `_id` as the integration makes it, with Elasticsearch's fingerprint processor over `lastModified` and
 * `summary` as they came.
 *
 * @returns `null` where Elasticsearch is to make one
 * @see https://www.elastic.co/docs/reference/enrich-processor/fingerprint-processor
 */
export function toDocumentId({ lastModified, summary }: JsonObject): string | null {
  let bytes = '';
  for (const value of [lastModified, summary]) {
    if (value === undefined || value === null) continue;
    const text = typeof value === 'boolean' ? null : textOf(value);
    if (text === null) return null;
    bytes += `\0${text}`;
  }
  return bytes === '' ? null : hash('sha1', bytes, 'base64');
}
