import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toKnownKeys } from '../../../../mapping/compatible/known-keys.ts';
import { toCompatible } from '../../../../mapping/compatible/to-compatible.ts';
import { toEnriched } from '../../../../mapping/enriched/to-enriched.ts';
import type { JsonObject } from '../../../../mapping/exact-json.ts';
import { READING, SETTINGS } from '../enriched/enrich.ts';
import { NOW_MS, recordOf } from './map.ts';
import { oddRecord } from './odd-record.ts';

test('only the known keys of a record are mapped', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const [whole, known] = [recordOf(text), toKnownKeys(recordOf(text))].map(documents);
      assert.equal(known, whole);
    }),
    { numRuns: 1000 },
  );
});

function documents(record: JsonObject): string {
  const compatible = toCompatible(record, SETTINGS, NOW_MS, 'original');
  return JSON.stringify([compatible, toEnriched(compatible.document, record, SETTINGS, READING)]);
}
