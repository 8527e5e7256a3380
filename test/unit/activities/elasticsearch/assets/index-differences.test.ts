import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  differencesText,
  indexDifferences,
  propertiesOf,
} from '../../../../../activities/elasticsearch/assets/compare/index-differences.ts';
import { durationMs } from '../../../../../activities/elasticsearch/assets/lifecycle/duration.ts';
import { replacementReasons } from '../../../../../activities/elasticsearch/assets/latest/replacement-reasons.ts';

type Properties = Record<string, object>;

function differencesOf(found: Properties, wanted: Properties) {
  const index = (properties: Properties) => ({ settings: {}, mappings: { properties } }) as never;
  return indexDifferences(index(found), index(wanted));
}

const KEYWORD = { type: 'keyword', ignore_above: 1024 };

describe('fields of an index and of its template', () => {
  for (const [what, found, wanted, text] of [
    [
      'a field of dynamic mapping is no difference',
      { a: KEYWORD, own: KEYWORD },
      { a: KEYWORD },
      [],
    ],
    [
      'numbers and texts are the same',
      { a: { ...KEYWORD, ignore_above: '1024' } },
      { a: KEYWORD },
      [],
    ],
    [
      'a value that a document has set stays',
      { a: { type: 'constant_keyword', value: 'x' } },
      { a: { type: 'constant_keyword' } },
      [],
    ],
    [
      'a default that the server leaves out is no difference',
      { a: { type: 'date' } },
      { a: { type: 'date', ignore_malformed: false } },
      [],
    ],
    ['a missing field', {}, { a: { properties: { b: KEYWORD } } }, ['a.b: not mapped → keyword']],
    [
      'a missing nested object comes as a whole',
      {},
      { a: { type: 'nested', properties: { b: KEYWORD } } },
      ['a: not mapped → nested'],
    ],
    ['another type', { a: { type: 'text' } }, { a: KEYWORD }, ['a: text → keyword']],
    [
      'an object in place of a field',
      { a: { properties: { b: KEYWORD } } },
      { a: KEYWORD },
      ['a: object → keyword'],
    ],
    [
      'a field in place of an object',
      { a: KEYWORD },
      { a: { properties: { b: KEYWORD } } },
      ['a: keyword → object'],
    ],
    [
      'another parameter',
      { a: { type: 'keyword' } },
      { a: KEYWORD },
      ['a: ignore_above not set → ignore_above 1024'],
    ],
    [
      'a missing multi-field',
      { a: KEYWORD },
      { a: { ...KEYWORD, fields: { n: { type: 'long' } } } },
      ['a: fields.n.type not set → fields.n.type long'],
    ],
  ] as const) {
    test(what, () => {
      assert.deepEqual(differencesText(differencesOf(found, wanted)), text);
    });
  }

  test('a request that changes a field keeps what the field has beyond the template', () => {
    const found = {
      a: { properties: { b: { type: 'keyword', fields: { own: { type: 'text' } } } } },
    };
    const { fields } = differencesOf(found, { a: { properties: { b: KEYWORD } } });
    assert.deepEqual(propertiesOf(fields), {
      a: { properties: { b: { ...KEYWORD, fields: { own: { type: 'text' } } } } },
    });
  });
});

describe('reasons to replace a latest index', () => {
  const index = (type: string, ignoreMalformed: unknown, limit: string) =>
    ({
      settings: {
        index: { mapping: { ignore_malformed: ignoreMalformed, total_fields: { limit } } },
      },
      mappings: { properties: { a: { type } } },
    }) as never;

  test('are types of fields and settings that no request can change', () => {
    assert.deepEqual(replacementReasons(index('keyword', 'false', '7'), index('date', true, '9')), [
      'index.mapping.ignore_malformed: false → true',
      'a: keyword → date',
    ]);
  });

  test('are none if requests can do it', () => {
    assert.deepEqual(replacementReasons(index('date', 'true', '7'), index('date', true, '9')), []);
  });
});

describe('times of Elasticsearch', () => {
  for (const [text, ms] of [
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['2.33m', 139_800],
    ['30s', 30_000],
    ['5ms', 5],
    ['7micros', 0.007],
  ] as const) {
    test(`${text} is ${ms} ms`, () => assert.equal(durationMs(text), ms));
  }
});
