import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isExactNumber,
  isObject,
  textOf,
  toExactNumber,
  type Json,
} from '../../../mapping/exact-json.ts';

for (const literal of [
  '9007199254740993',
  '9007199254918487',
  '-9223372036854775808',
  '5.00',
  '1e5',
  '1E+2',
  '-0',
  '1e400',
  '0.1000000000000000055511151231257827',
]) {
  test(`${literal} is kept exactly`, () => {
    const value = toExactNumber(literal);
    assert.ok(isExactNumber(value));
    assert.equal(textOf(value), literal);
    assert.equal(JSON.stringify({ a: [value] }), `{"a":[${literal}]}`);
  });
}

for (const literal of ['0', '-1', '5', '1.5', '9007199254740992', '999999999999999']) {
  test(`${literal} is an ordinary number`, () => {
    assert.equal(toExactNumber(literal), Number(literal));
    assert.equal(textOf(toExactNumber(literal)), literal);
  });
}

for (const [value, text] of [
  ['', ''],
  ['a', 'a'],
  [7, '7'],
  [true, 'true'],
  [false, 'false'],
  [null, null],
  [undefined, null],
  [['a'], null],
  [{ a: 'a' }, null],
] as const satisfies [Json | undefined, string | null][]) {
  test(`the text of ${JSON.stringify(value)} is ${JSON.stringify(text)}`, () => {
    assert.equal(textOf(value as Json | undefined), text);
  });
}

test('`{}` is an object, but an exact number and a list are not', () => {
  const values: Json[] = [toExactNumber('5.00'), [], null, 'a', {}];
  assert.deepEqual(values.map(isObject), [false, false, false, false, true]);
});
