import type { JsonObject } from '../exact-json.ts';
import { ASSOCIATED_GROUPS } from './associated-groups.ts';
import { ASSOCIATED_INDICATORS } from './associated-indicators.ts';
import { ATTRIBUTES } from './attributes.ts';
import { FLATTENED_SOURCES } from './flattened-fields.ts';
import { SECURITY_LABELS } from './security-labels.ts';
import { toShape } from './shape.ts';
import { TAGS } from './tags.ts';
import { TOP_LEVEL_SOURCES } from './top-level-fields.ts';

const KEYS: ReadonlySet<string> = new Set([
  ...TOP_LEVEL_SOURCES,
  ...FLATTENED_SOURCES,
  ASSOCIATED_GROUPS,
  ASSOCIATED_INDICATORS,
  ATTRIBUTES,
  SECURITY_LABELS,
  TAGS,
  'deleted_at',
  'whois',
]);
const RECORD = toShape([...KEYS]);

/** A record with the keys that are mapped, all in one shape: they are read many times. */
export function toKnownKeys(record: JsonObject): JsonObject {
  const known = { ...RECORD };
  for (const key in record) {
    if (KEYS.has(key)) known[key] = record[key];
  }
  return known;
}
