import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '../../../mapping/escaped-keys.ts';
import { parseRecord } from '../../../mapping/parse-record.ts';

// each was read with the key of the text before it, by the engine's parser alone
for (const [before, text, expected] of [
  [String.raw`{"x1":1,"\\":2}`, String.raw`{"x1":1,"\u005b":2}`, '{"x1":1,"[":2}'],
  [
    String.raw`{"x2":1,"\\u":2}`,
    String.raw`{"x2":1,"\u0022\u007c":2}`,
    String.raw`{"x2":1,"\"|":2}`,
  ],
  [String.raw`{"x3":1,"\\n":2}`, String.raw`{"x3":1,"\n\n":2}`, String.raw`{"x3":1,"\n\n":2}`],
] as const) {
  test(`${text} after ${before} keeps its own keys`, () => {
    JSON.parse(before);
    assert.equal(JSON.stringify(parseJson(text)), expected);
    JSON.parse(before);
    assert.equal(JSON.stringify(parseRecord(text, true)), expected);
  });
}

for (const [text, expected] of [
  [String.raw`{"\u0061":1,"a":2}`, '{"a":2}'],
  [String.raw`{"a":1,"\u0061" : 2}`, '{"a":2}'],
  [String.raw`{"b":1,"\u0030":2}`, '{"0":2,"b":1}'],
  [String.raw`{"\u005f_proto__":{"a":1}}`, '{"__proto__":{"a":1}}'],
  [String.raw`[{"\"":[{"\\":"\":"}]},"\":1"]`, String.raw`[{"\"":[{"\\":"\":"}]},"\":1"]`],
] as const) {
  test(`${text} is read as ${expected}`, () => {
    assert.equal(JSON.stringify(parseJson(text)), expected);
  });
}

for (const text of [
  String.raw`{"\x":1}`,
  String.raw`{"\u00":1}`,
  String.raw`{"a\":1}`,
  String.raw`\":1`,
  '{"a\\n":',
]) {
  test(`${text} is refused`, () => {
    assert.throws(() => parseJson(text), SyntaxError);
  });
}
