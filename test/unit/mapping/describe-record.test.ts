import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { describeRecord } from '../../../mapping/describe-record.ts';

const NOTHING = { owner: null, type: null, summary: null, lastModified: null };

test('a reject names its record, so that a person finds it', () => {
  const record = {
    ownerName: 'Acme',
    type: 'Host',
    summary: 'bad.example',
    lastModified: '2026-01-30T08:00:00Z',
    tags: { data: [] },
  };
  assert.deepEqual(describeRecord(JSON.stringify(record)), {
    owner: 'Acme',
    type: 'Host',
    summary: 'bad.example',
    lastModified: '2026-01-30T08:00:00Z',
  });
});

for (const [what, text] of [
  ['no JSON', '{"summary": "bad.exam'],
  ['no object', '"bad.example"'],
  ['an empty object', '{}'],
  ['an object with other types', '{"summary":{},"type":[],"ownerName":null,"lastModified":{}}'],
  ['nested deeper than the stack', '['.repeat(200_000)],
] as const) {
  test(`a record that is ${what} can be described too`, () => {
    assert.deepEqual(describeRecord(text), NOTHING);
  });
}

test('no record makes the description fail', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      assert.deepEqual(Object.keys(describeRecord(text)), Object.keys(NOTHING));
    }),
  );
});
