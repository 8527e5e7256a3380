import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { findProblem } from '../json/diagnose.ts';
import { locate } from '../json/locate.ts';
import { parseExact, stringify } from '../json/exact.ts';

describe('what is wrong with a JSON text', () => {
  for (const [text, kind, column, message] of [
    ['{', 'end', 2, 'Unexpected end-of-input: expected close marker for Object'],
    ['{"a":', 'end', 6, 'Unexpected end-of-input within/between Object entries'],
    ['{"a":"x', 'end', 8, 'Unexpected end-of-input in VALUE_STRING'],
    ['[1,', 'end', 4, 'Unexpected end-of-input: expected close marker for Array'],
    [
      '{"a":1,}',
      'syntax',
      8,
      "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
    ],
    [
      '{"a" 1}',
      'syntax',
      6,
      "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
    ],
    [
      '{a:1}',
      'syntax',
      2,
      "Unexpected character ('a' (code 97)): was expecting double-quote to start field name",
    ],
    [
      '{"a":[1 2]}',
      'syntax',
      9,
      "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
    ],
    ['{"a":01}', 'syntax', 7, 'Invalid numeric value: Leading zeroes not allowed'],
    [
      '{"a":1.}',
      'syntax',
      8,
      "Unexpected character ('}' (code 125)) in numeric value: Decimal point not followed by a digit",
    ],
    [String.raw`{"a":"\x"}`, 'syntax', 8, "Unrecognized character escape 'x' (code 120)"],
    ['{"a":"\t"}', 'syntax', 7, 'Illegal unquoted character ((CTRL-CHAR, code 9))'],
    ['{"a":1,"a":2}', 'syntax', 11, "Duplicate field 'a'"],
    ['xx', 'syntax', 3, "Unrecognized token 'xx'"],
    ['{"a":tru}', 'syntax', 10, "Unrecognized token 'tru'"],
  ] as const) {
    test(`${text} has its problem in column ${column}`, () => {
      const problem = findProblem(text);
      assert.deepEqual([problem?.kind, problem?.position], [kind, { line: 1, column }]);
      assert.ok(problem?.message.startsWith(message), problem?.message);
    });
  }

  test('sound JSON has no problem', () => {
    fc.assert(fc.property(fc.json(), (text) => assert.equal(findProblem(text), null)));
  });
});

describe('the place of a part', () => {
  const text = '{\n "a": [1, {"b": {} }]}';

  test('is counted in lines and columns, from 1', () => {
    assert.deepEqual(locate(text, [], 'value'), { line: 1, column: 1 });
    assert.deepEqual(locate(text, ['a'], 'key'), { line: 2, column: 2 });
    assert.deepEqual(locate(text, ['a'], 'value'), { line: 2, column: 7 });
    assert.deepEqual(locate(text, ['a', 1, 'b'], 'key'), { line: 2, column: 12 });
    assert.deepEqual(locate(text, ['a', 1, 'b'], 'end'), { line: 2, column: 18 });
    assert.deepEqual(locate(text, ['a'], 'end'), { line: 2, column: 21 });
  });
});

test('numbers survive being parsed and written again', () => {
  const text = '{"a":9007199254740993,"b":1.0,"c":1e3,"d":-0,"e":0.1,"f":[12345678901234567890]}';
  assert.equal(stringify(parseExact(text)), text);
});
