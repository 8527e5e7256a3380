import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { prune } from '../../../../mapping/compatible/prune.ts';
import { recordOf } from './map.ts';

for (const [before, after] of [
  ['{"a":null,"b":"","c":{},"d":[],"e":false,"f":0,"g":" "}', '{"e":false,"f":0,"g":" "}'],
  ['{"a":{"b":{"c":[{"d":null}]}},"e":1}', '{"e":1}'],
  ['{"a":[1,null,"",[],{},[[]],2]}', '{"a":[1,2]}'],
  ['{"a":[{"b":1,"c":null},{"d":""}]}', '{"a":[{"b":1}]}'],
  ['{"a":5.00,"b":[9007199254740993]}', '{"a":5.00,"b":[9007199254740993]}'],
  ['{"a":{"__proto__":1,"b":""}}', '{"a":{"__proto__":1}}'],
  ['{"a":null}', '{}'],
] as const) {
  test(`${before} is pruned to ${after}`, () => {
    assert.equal(JSON.stringify(prune(recordOf(before))), after);
  });
}

test('a value with nothing to prune is not copied', () => {
  const record = recordOf({ a: [{ b: 1 }], c: 'x' });
  assert.equal(prune(record), record);
});

test('pruning does not change the source', () => {
  const record = recordOf({ a: [{ b: null }, 1], c: '' });
  const before = JSON.stringify(record);
  prune(record);
  assert.equal(JSON.stringify(record), before);
});

test('a second pruning changes nothing, and no empty value is left', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const pruned = prune(recordOf(value));
      assert.deepEqual(prune(pruned), pruned);
      assert.ok(
        !/(?<=[:[,])(?:null|""|\{\}|\[\])(?=[,\]}])/.test(JSON.stringify(withoutTexts(pruned))),
      );
    }),
  );
});

/** Texts that could look like an empty value. */
function withoutTexts(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? '' : 'x';
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.values(value).map((member, index) => [index, withoutTexts(member)]),
  );
}
