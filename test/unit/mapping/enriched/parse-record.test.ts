import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseExact } from '../../../../mapping/exact-json.ts';
import { parseRecord } from '../../../../mapping/parse-record.ts';
import { oddRecord } from '../compatible/odd-record.ts';

/** The text that the parsed value has, or the kind of error. */
function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(parse());
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
  test(`${text} is read as the exact parser reads it`, () => {
    assert.equal(
      outcome(() => parseRecord(text, false)),
      outcome(() => parseExact(text)),
    );
  });
}

test('every record is read as the exact parser reads it', () => {
  const blank = fc.constantFrom('', ' ', '\n ');
  // behind a key `__proto__` the exact parser at times loses a literal, see `parseExact`
  const plainKeys = oddRecord.filter((text) => !text.includes('__proto__'));
  fc.assert(
    fc.property(plainKeys, blank, fc.nat(), (text, space, at) => {
      const spaced = JSON.stringify(parseExact(text), null, space);
      assert.deepEqual(parseRecord(spaced, false), parseExact(spaced));
      const cut = spaced.slice(0, at % spaced.length);
      assert.equal(
        outcome(() => parseRecord(cut, false)),
        outcome(() => parseExact(cut)),
      );
    }),
    { numRuns: 2000 },
  );
});

test('where numbers are plain nothing is looked for', () => {
  assert.equal(JSON.stringify(parseRecord('{"a":5.00}', true)), '{"a":5}');
});
