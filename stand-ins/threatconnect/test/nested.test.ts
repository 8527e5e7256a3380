import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, json, property } from 'fast-check';
import { elementTexts } from '../raw-json.ts';
import { collectionOf, elementsOf } from '../nested.ts';

/** Text of a collection, ids of its elements. */
const COLLECTIONS: readonly [string, readonly bigint[]][] = [
  ['{}', []],
  ['{"count":0}', []],
  ['{"data":[]}', []],
  ['{ "data" : [ {"id": 1} , {"id":2} ] , "count" : 2 }', [1n, 2n]],
  ['{"data":[{"name":"]}\\"","id":9007199254918489}]}', [9007199254918489n]],
  ['{"data":["Linux","macOS"],"count":2}', [-1n, -1n]],
  ['{"data":[{"owner":{"id":5},"name":"no id of its own"}]}', [-1n]],
];

for (const [text, ids] of COLLECTIONS) {
  test(`the ids in ${text} are ${ids.join() || 'none'}`, () => {
    assert.deepEqual(
      elementsOf(Buffer.from(text)).map(({ id }) => id),
      ids,
    );
  });
}

test('an array is cut into the texts that it was joined of', () => {
  check(
    property(array(json()), (texts) => {
      assert.deepEqual(elementTexts(Buffer.from(`[${texts.join(',')}]`)), texts);
    }),
  );
});

test('a collection holds what it was made of', () => {
  const texts = ['{"id":1,"name":"a"}', '{"id":2,"rating":5.00}'];
  assert.deepEqual(
    elementsOf(Buffer.from(collectionOf(texts))).map(({ text }) => text),
    texts,
  );
});

test('what is no array is refused', () => {
  assert.throws(() => elementTexts(Buffer.from('{}')), SyntaxError);
  assert.throws(() => elementTexts(Buffer.from('[1')), SyntaxError);
  assert.throws(() => elementTexts(Buffer.from('[1 2]')), SyntaxError);
});
