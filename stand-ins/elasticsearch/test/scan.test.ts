import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { scanObject, skipValue, valueOf } from '../json/scan.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

describe('a scan of a document', () => {
  test('finds every field of any object, wherever the spaces are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
        fc.integer({ min: 0, max: 3 }),
        (object, indent) => {
          const text = ` ${JSON.stringify(object, null, indent)}\n`;
          const bytes = bytesOf(text);
          const fields = scanObject(bytes);
          assert.ok(fields !== null);
          for (const [name, value] of Object.entries(object)) {
            const slot = valueOf(bytes, fields, bytesOf(JSON.stringify(name).slice(1, -1)));
            const shown = Buffer.from(bytes).toString('utf8', fields[slot], fields[slot + 1]);
            assert.deepEqual(JSON.parse(shown), JSON.parse(JSON.stringify(value)));
          }
        },
      ),
    );
  });

  test('takes what JSON.parse takes, and nothing else', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '1',
      '-',
      '.',
      'e',
      '0',
      'true',
      'null',
      ' ',
      'a',
      '\\',
      'u',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = `{"k":${parts.join('')}}`;
        let parsed = true;
        try {
          JSON.parse(text);
        } catch {
          parsed = false;
        }
        const twice = /"k".*"k"/.test(text);
        assert.equal(scanObject(bytesOf(text)) !== null, parsed && !twice);
      }),
      { numRuns: 2_000 },
    );
  });

  for (const [what, text] of [
    ['a field twice', '{"a":1,"b":2,"a":3}'],
    ['a field twice deep inside', '{"x":[{"y":{"a":1,"a":3}}]}'],
    ['text behind the object', '{"a":1} {}'],
    ['a list', '[1]'],
    ['nothing', ''],
    ['a control character in a text', '{"a":"\u0001"}'],
    ['an escape that is none', String.raw`{"a":"\x"}`],
    ['half an escape', String.raw`{"a":"\u12"}`],
    ['a number that begins with zero', '{"a":01}'],
    ['too many levels', `{"a":${'['.repeat(1_001)}${']'.repeat(1_001)}}`],
  ] as const) {
    test(`${what} is refused`, () => assert.equal(scanObject(bytesOf(text)), null));
  }

  test('the same name in different objects is no duplicate', () => {
    assert.notEqual(
      scanObject(bytesOf('{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}],"c":{"a":1}}')),
      null,
    );
  });

  test('an object may have thousands of fields', () => {
    const object = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`field-${n}`, n]));
    assert.equal(scanObject(bytesOf(JSON.stringify(object)))?.length, 20_000);
  });

  test('a value ends where it ends', () => {
    assert.equal(skipValue(bytesOf('[1,"]",{}] ,'), 0), 10);
    assert.equal(skipValue(bytesOf('-1.5e+3,'), 0), 7);
    assert.equal(skipValue(bytesOf('nul'), 0), -1);
  });
});
