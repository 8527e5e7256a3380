import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { FIELDS } from '../../../../mapping/field-table.ts';
import { prune } from '../../../../mapping/compatible/prune.ts';
import { oddRecord } from '../compatible/odd-record.ts';
import { at, TC } from '../compatible/map.ts';
import { documentOf } from './enrich.ts';

for (const [record, path, left, type] of [
  [{ summary: { a: 1 } }, 'summary', undefined, 'keyword'],
  [{ summary: ['a', { b: 1 }] }, 'summary', ['a'], 'keyword'],
  [{ ownerName: [['a'], 5, true] }, 'owner.name', [['a'], 5, true], null],
  [{ attributes: { data: [{ created_by: ['x'] }] } }, 'attributes', undefined, 'object'],
  [
    { attributes: { data: [{ value: { x: 1 }, type: 't' }] } },
    'attributes.data',
    [{ type: 't' }],
    'keyword',
  ],
  [
    { associatedGroups: { data: [{ date_added: 'soon', name: 'n' }] } },
    'associated_groups.data',
    [{ name: 'n' }],
    'date',
  ],
  [
    { associatedGroups: { data: [{ malware: true, up_vote: 'x' }] } },
    'associated_groups.data',
    [{ malware: true }],
    'boolean',
  ],
  [
    { associatedGroups: { data: [{ attributes: ['x', { type: 't' }] }] } },
    'associated_groups.data',
    [{ attributes: [{ type: 't' }] }],
    'object',
  ],
  [{ tags: { data: [{ technique: 'T1', name: 'n' }] } }, 'tags.data', [{ name: 'n' }], 'object'],
  [
    { tags: { data: [{ tactics: [{ a: 1 }, 'b'] }] } },
    'tags.data',
    [{ tactics: ['b'] }],
    'keyword',
  ],
  [
    { associatedIndicators: { data: [{ active: 5, owner: 7, text: 'x' }] } },
    'associated_indicators.data',
    [{ text: 'x' }],
    'object',
  ],
] as const) {
  test(`of ${JSON.stringify(record)} there is left what the index takes`, () => {
    const document = documentOf(record);
    assert.deepEqual(at(document, `${TC}.${path}`), left);
    const errors = JSON.stringify(at(document, 'error.message') ?? null);
    if (type === null) assert.equal(errors, 'null');
    else assert.ok(errors.includes(`does not fit the field type ${type}`), errors);
  });
}

test('a field that does not fit is named once', () => {
  const data = [{ value: { a: 1 } }, { value: { a: 2 } }, { value: 'ok' }];
  assert.deepEqual(at(documentOf({ attributes: { data } }), 'error.message'), [
    `${TC}.attributes.data.value: does not fit the field type keyword`,
  ]);
});

test('a summary that does not fit has no event.id either', () => {
  assert.equal(at(documentOf({ summary: { a: 1 } }), 'event.id'), undefined);
});

const deep = (levels: number): object => (levels === 0 ? { leaf: 1 } : { x: deep(levels - 1) });

for (const [what, value, isKept] of [
  ['20 levels', deep(19), true],
  ['21 levels', deep(20), false],
  ['20 levels in each member', [deep(19), deep(19)], true],
  ['21 levels in one member', [deep(19), deep(20)], false],
  ['a leaf of 32,764 bytes', { k: 'x'.repeat(32_764) }, true],
  ['a leaf of 32,765 bytes', { k: 'x'.repeat(32_765) }, false],
  ['a leaf of 11,000 characters of three bytes', { k: '€'.repeat(11_000) }, false],
  ['a key with a zero byte', { 'a\0b': 1 }, false],
] as const) {
  test(`a flattened field with ${what} is ${isKept ? 'kept' : 'left out, as Elasticsearch refuses it'}`, () => {
    const document = documentOf({ enrichment: value });
    assert.equal(at(document, `${TC}.enrichment`) !== undefined, isKept);
    assert.equal(document.error === undefined, isKept);
  });
}

/** What Elasticsearch takes, said once more and in other words than the program's. */
const TAKES: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  date: (value) =>
    /^\d{4}(?:-\d\d(?:-\d\d(?:T[\d:.,+Z-]*(?:UTC|GMT|UT)?)?)?)?$/.test(String(value)),
  double: (value) => value !== '' && Number.isFinite(Number(value)),
  flattened: (value) => typeof value === 'object',
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  ip_range: (value) => /^[\da-f.:]+\/\d+$/.test(String(value)),
  long: (value) => /^[+-]?\d{1,19}(?:\.0+)?$/.test(String(value)),
};

const isLeaf = (value: unknown): boolean => typeof value !== 'object';

/** Names of declared fields whose value is refused, and of declared objects that are none. */
function refused(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((member) => refused(member, path));
  const type = FIELDS[path];
  if (type !== undefined) return (TAKES[type] ?? isLeaf)(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return OBJECTS.has(path) ? [path] : [];
  return Object.entries(value).flatMap(([key, member]) =>
    refused(member, path === '' ? key : `${path}.${key}`),
  );
}

/** Paths below which fields are declared. */
const OBJECTS = new Set(
  Object.keys(FIELDS).flatMap((name) =>
    name.split('.').map((_, index, keys) => keys.slice(0, index).join('.')),
  ),
);

test('every value of every document fits its field', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      assert.deepEqual(refused(JSON.parse(JSON.stringify(documentOf(text)))), []);
    }),
    { numRuns: 2000 },
  );
});

test('nothing empty is left in a document', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const document = documentOf(text);
      assert.deepEqual(prune(document), document);
    }),
    { numRuns: 1000 },
  );
});
