import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseRecord } from '../../../../mapping/parse-record.ts';
import { numbersOf, valueText, withNumbersAsStrings } from '../../raw-json.ts';
import { oddRecord } from '../compatible/odd-record.ts';

/** The value of a text with every number as its literal, or that it is no JSON; without the parser under test. */
function truth(text: string): string {
  try {
    JSON.parse(text);
    return JSON.stringify(withNumbersAsStrings(text));
  } catch (error) {
    return error instanceof SyntaxError ? 'no JSON' : 'another error';
  }
}

function outcome(text: string): string {
  try {
    return JSON.stringify(withNumbersAsStrings(JSON.stringify(parseRecord(text, false))));
  } catch (error) {
    return error instanceof SyntaxError ? 'no JSON' : 'another error';
  }
}

for (const text of [
  '{"a":5.00,"b":9007199254918489,"c":-0,"d":1e2,"e":1.5,"f":1234567890123456}',
  '{ "a" : 5.00 , "b" : [ 5.00 , 4.0,1E-3 ,\n{"c":5.00}] }',
  '{"a":"5.00","b":"\\"5.00,","c":"\\\\","d":5.00,"e":"\\\\\\"5.00"}',
  '{"5.00":5.00,"__proto__":5.00,"a":{"__proto__":[5.00]}}',
  '{"a":5.00,"a":6.00}',
  '{"a":"\\u00000","b":5.00}',
  '{"a":1e400,"b":-1e400,"c":123456789012345678901234567890}',
  '5.00',
  '[5.00]',
  '{5.00:1}',
  '{"a":5.00.1}',
  '{"a":05.0}',
  '{"a":+5.0}',
  '{"a":5.0 6.0}',
  '{"a"5.00}',
  '{"a":5.00"b"}',
  '{"a":"x5.00',
  '{"a":tru5.00}',
  '{"a":5.00',
  '{"a":.5}',
  '{"a":5.}',
  '{"a":-}',
  '',
]) {
  test(`${text} is parsed with every number exact`, () => {
    assert.equal(outcome(text), truth(text));
  });
}

for (const [what, texts] of [
  ['record', oddRecord],
  ['text', valueText],
] as const) {
  test(`every ${what} is parsed with every number exact, and a cut text is refused`, () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, at) => {
        assert.equal(outcome(text), truth(text));
        const cut = text.slice(0, at % text.length);
        assert.equal(outcome(cut), truth(cut));
      }),
      { numRuns: 2000 },
    );
  });
}

test('a record keeps strings that look like the parser’s own placeholders', () => {
  const text = String.raw`{"a":"\u00000","b":5.00,"c":["\u0000",1e2,"\u00001"]}`;
  assert.equal(outcome(text), truth(text));
  assert.equal(JSON.stringify(parseRecord(text, false)), text);
});

test('a text with only plain numbers gives the same value with the fast parser', () => {
  const plain = valueText.filter((text) => numbersOf(text).every((n) => /^\d{1,15}$/.test(n)));
  fc.assert(
    fc.property(plain, (text) => {
      assert.equal(
        JSON.stringify(parseRecord(text, true)),
        JSON.stringify(parseRecord(text, false)),
      );
    }),
  );
});

test('of several equal keys the last one counts, with its own literal', () => {
  assert.equal(
    JSON.stringify(parseRecord('{"a":1.0,"b":{"a":2.0},"a":2.50}', false)),
    '{"a":2.50,"b":{"a":2.0}}',
  );
});

test('if numbers are plain, the text is not searched for exact numbers', () => {
  assert.equal(JSON.stringify(parseRecord('{"a":5.00}', true)), '{"a":5}');
});
