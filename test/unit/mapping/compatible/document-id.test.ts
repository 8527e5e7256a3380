import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { idOf } from './map.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('base64');

test('the id of the integration’s own sample is the same as there', () => {
  const record = { lastModified: '2023-12-01T08:26:48Z', summary: 'johnbae@poverts.com' };
  assert.equal(idOf(record), 'IbZVedQybbneBJW2COa7ZnfzP5I=');
});

for (const [record, bytes] of [
  ['{"lastModified":"a","summary":"b"}', '\0a\0b'],
  ['{"summary":"b"}', '\0b'],
  ['{"lastModified":"a","summary":null}', '\0a'],
  ['{"lastModified":"","summary":""}', '\0\0'],
  ['{"summary":5.00}', '\x005.00'],
  ['{"summary":9007199254918489}', '\x009007199254918489'],
  ['{"summary":" é\u{1f600}"}', '\0 é\u{1f600}'],
] as const) {
  test(`the id of ${record} is made from the unchanged values`, () => {
    assert.equal(idOf(record), sha1(bytes));
  });
}

for (const record of [
  '{}',
  '{"summary":true}',
  '{"lastModified":"a","summary":["b"]}',
  '{"lastModified":{}}',
]) {
  test(`Elasticsearch makes the id of ${record}`, () => assert.equal(idOf(record), null));
}

test('the id depends only on its input values, not on other keys or their order', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.jsonValue(), (lastModified, summary, description) => {
      assert.equal(
        idOf({ lastModified, description, summary }),
        idOf({ summary, lastModified, ownerName: 'x' }),
      );
    }),
  );
});
