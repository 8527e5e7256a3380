import assert from 'node:assert/strict';
import { toCompatible } from '../../../../mapping/compatible/to-compatible.ts';
import { isObject, type Json, type JsonObject } from '../../../../mapping/exact-json.ts';
import { parseRecord } from '../../../../mapping/parse-record.ts';
import type { CompatibleSettings } from '../../../../mapping/mapping-settings.ts';

export const SETTINGS: CompatibleSettings = {
  namespace: 'default',
  tags: [],
  iocExpiration: '90d',
  preserveOriginalEvent: false,
};

export const NOW_MS = Date.parse('2026-06-15T12:00:00.000Z');

/** Parses a record from its JSON text, or from a value. */
export function recordOf(record: string | object): JsonObject {
  const parsed = parseRecord(typeof record === 'string' ? record : JSON.stringify(record), false);
  assert.ok(isObject(parsed));
  return parsed;
}

/** The document of a record, parsed from its JSON text; numbers above 2^53 stay exact. */
export function documentOf(
  record: string | object,
  settings: Partial<CompatibleSettings> = {},
): JsonObject {
  const { document } = toCompatible(recordOf(record), { ...SETTINGS, ...settings }, NOW_MS);
  return recordOf(JSON.stringify(document));
}

export function idOf(record: string | object): string | null {
  return toCompatible(recordOf(record), SETTINGS, NOW_MS).id;
}

/** The value at a dotted path. */
export function at(document: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isObject(value)) value = value[key];
    else return undefined;
  }
  return value;
}

/** The value at a path of a record's document. */
export function mapped(record: string | object, path: string): Json | undefined {
  return at(documentOf(record), path);
}

export function errorsOf(record: string | object): Json {
  return at(documentOf(record), 'error.message') ?? [];
}

export const TC = 'threat_connect.indicator';
export const TI = 'threat.indicator';
