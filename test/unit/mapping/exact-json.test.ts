import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  isExactNumber,
  isObject,
  parseExact,
  textOf,
  type Json,
} from '../../../mapping/exact-json.ts';
import { numbersOf, valueText, withNumbersAsStrings } from '../raw-json.ts';

test('every number keeps its literal from the source to the document', () => {
  // V8 at times loses the source of what follows a key `__proto__`; `parseRecord` does not rely on it there
  const withoutProto = valueText.filter((text) => !text.includes('__proto__'));
  fc.assert(
    fc.property(withoutProto, (text) => {
      const printed = JSON.stringify(parseExact(text));
      assert.equal(
        JSON.stringify(withNumbersAsStrings(printed)),
        JSON.stringify(withNumbersAsStrings(text)),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('text whose numbers are known to be plain gives the same value, faster', () => {
  const plain = valueText.filter((text) => numbersOf(text).every((n) => /^\d{1,15}$/.test(n)));
  fc.assert(
    fc.property(plain, (text) => {
      assert.equal(JSON.stringify(parseExact(text, true)), JSON.stringify(parseExact(text)));
    }),
  );
});

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
    const value = parseExact(literal);
    assert.ok(isExactNumber(value));
    assert.equal(textOf(value), literal);
    assert.equal(JSON.stringify({ a: [value] }), `{"a":[${literal}]}`);
  });
}

for (const literal of ['0', '-1', '5', '1.5', '9007199254740992', '999999999999999']) {
  test(`${literal} is an ordinary number`, () => {
    assert.equal(parseExact(literal), Number(literal));
    assert.equal(textOf(parseExact(literal)), literal);
  });
}

test('the last of several keys counts, with its own literal', () => {
  assert.equal(
    JSON.stringify(parseExact('{"a":1.0,"b":{"a":2.0},"a":2.50}')),
    '{"a":2.50,"b":{"a":2.0}}',
  );
});

test('what is not JSON is refused', () => {
  for (const text of ['', '{', '{"a":01}', '{"a":+1}', "{'a':1}", '[1,]', 'NaN']) {
    assert.throws(() => parseExact(text), SyntaxError);
    assert.throws(() => parseExact(text, true), SyntaxError);
  }
});

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

test('an exact number is no object, a list is none, and `{}` is one', () => {
  const values: Json[] = [parseExact('5.00'), [], null, 'a', {}];
  assert.deepEqual(values.map(isObject), [false, false, false, false, true]);
});
