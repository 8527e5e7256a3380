import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toProperties } from '../../../../../activities/elasticsearch/assets/index-mapping.ts';
import { CONSTANT_FIELDS, FIELDS } from '../../../../../mapping/field-table.ts';

test('dotted names become nested objects, as in documents', () => {
  assert.deepEqual(
    toProperties(
      { '@timestamp': 'date', 'a.b.c': 'long', 'a.b.d': 'ip', 'a.e': 'double' },
      {},
      'ignore malformed',
    ),
    {
      '@timestamp': { type: 'date' },
      a: {
        properties: {
          b: { properties: { c: { type: 'long' }, d: { type: 'ip' } } },
          e: { type: 'double' },
        },
      },
    },
  );
});

test('a constant is mapped beside the other fields of its object, with its value', () => {
  assert.deepEqual(
    toProperties({ 'event.id': 'keyword' }, { 'event.module': 'm' }, 'refuse malformed'),
    {
      event: {
        properties: {
          id: { type: 'keyword', ignore_above: 1024 },
          module: { type: 'constant_keyword', value: 'm' },
        },
      },
    },
  );
});

test('the source’s own text is stored but never indexed, which would refuse long ones', () => {
  assert.deepEqual(toProperties({ text: 'unindexed' }, {}, 'refuse malformed'), {
    text: { type: 'keyword', index: false, doc_values: false },
  });
});

test('a malformed number, date, address or boolean is refused, even if the index setting allows it', () => {
  for (const type of ['boolean', 'date', 'double', 'ip', 'long'] as const) {
    assert.deepEqual(toProperties({ f: type }, {}, 'refuse malformed'), {
      f: { type, ignore_malformed: false },
    });
    assert.deepEqual(toProperties({ f: type }, {}, 'ignore malformed'), { f: { type } });
  }
});

test('a type without ignore_malformed is sent without it, because Elasticsearch would refuse the template', () => {
  for (const type of ['ip_range', 'flattened', 'wildcard', 'match_only_text'] as const) {
    assert.deepEqual(toProperties({ f: type }, {}, 'refuse malformed'), { f: { type } });
  }
});

test('no field of a document is an object and a value at once', () => {
  const names = [...Object.keys(FIELDS), ...Object.keys(CONSTANT_FIELDS)];
  assert.equal(new Set(names).size, names.length);
  for (const name of names) {
    assert.ok(!names.some((other) => other.startsWith(`${name}.`)), name);
  }
});

test('every field is in the mapping with its type', () => {
  const properties = toProperties(FIELDS, CONSTANT_FIELDS, 'refuse malformed');
  assert.deepEqual(
    leaves(properties).toSorted(),
    [...Object.keys(FIELDS), ...Object.keys(CONSTANT_FIELDS)].toSorted(),
  );
});

function leaves(properties: object, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, property]: [string, { properties?: object }]) =>
    property.properties === undefined
      ? [`${prefix}${name}`]
      : leaves(property.properties, `${prefix}${name}.`),
  );
}
