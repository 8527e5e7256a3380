import type { Json, JsonObject } from '../exact-json.ts';
import { listOf } from './shape.ts';
import { addText } from './texts.ts';

/**
 * `related.hash`. The integration takes a SHA-256 only of a record that has the key `md5`.
 *
 * @param indicator the mapped fields, hashes in lower case
 */
export function relatedHashes(
  indicator: JsonObject,
  sourceMd5: Json | undefined,
): Json[] | undefined {
  const hashes = new Set<string>();
  addText(hashes, indicator.md5);
  addText(hashes, indicator.sha1);
  if (sourceMd5 !== undefined && sourceMd5 !== null) addText(hashes, indicator.sha256);
  return listOf(hashes);
}
