import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { prune } from '../../../../mapping/compatible/prune.ts';
import { toCompatible } from '../../../../mapping/compatible/to-compatible.ts';
import { NOW_MS, recordOf, SETTINGS } from './map.ts';
import { oddRecord } from './odd-record.ts';

const RUNS = { numRuns: 2000 };

test('no JSON object stops the mapping', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const { document } = toCompatible(recordOf(text), SETTINGS, NOW_MS);
      assert.equal(typeof document['@timestamp'], 'string');
    }),
    RUNS,
  );
});

test('the mapping does not change the record', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const record = recordOf(text);
      const before = JSON.stringify(record);
      toCompatible(record, SETTINGS, NOW_MS);
      assert.equal(JSON.stringify(record), before);
    }),
    RUNS,
  );
});

test('a document has no empty value', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const { document } = toCompatible(recordOf(text), SETTINGS, NOW_MS);
      assert.equal(JSON.stringify(prune(document)), JSON.stringify(document));
    }),
    RUNS,
  );
});

test('the order of a record’s keys does not change its document', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const record = recordOf(text);
      const backwards = Object.fromEntries(Object.entries(record).toReversed());
      const [document, other] = [record, backwards].map((input) => {
        const mapped = toCompatible(input, SETTINGS, NOW_MS, 'original');
        return JSON.stringify(mapped);
      });
      assert.equal(document, other);
    }),
    RUNS,
  );
});

test('a document is marked as failed if and only if it has an error message', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const { document } = toCompatible(recordOf(text), SETTINGS, NOW_MS);
      const written = JSON.parse(JSON.stringify(document)) as {
        error?: object;
        tags?: string[];
        event: { kind: unknown; original?: string };
      };
      const failed = written.error !== undefined;
      assert.deepEqual(
        written.event.kind,
        failed ? ['enrichment', 'pipeline_error'] : 'enrichment',
      );
      assert.deepEqual(written.tags, failed ? ['preserve_original_event'] : undefined);
      assert.equal(written.event.original !== undefined, failed);
    }),
    RUNS,
  );
});
