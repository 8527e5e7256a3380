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
  [
    { attributes: { data: [{ created_by: ['x'] }] } },
    'attributes.data',
    [{ other: { created_by: 'x' } }],
    'object',
  ],
  [
    { attributes: { data: [{ value: { x: 1 }, type: 't' }] } },
    'attributes.data',
    [{ type: 't', other: { value: { x: 1 } } }],
    'keyword',
  ],
  [
    { associatedGroups: { data: [{ date_added: 'soon', name: 'n' }] } },
    'associated_groups.data',
    [{ name: 'n', other: { date_added: 'soon' } }],
    'date',
  ],
  [
    { associatedGroups: { data: [{ malware: true, up_vote: 'x' }] } },
    'associated_groups.data',
    [{ malware: true, other: { up_vote: 'x' } }],
    'boolean',
  ],
  [
    { associatedGroups: { data: [{ attributes: ['x', { type: 't' }] }] } },
    'associated_groups.data',
    [{ attributes: [{ type: 't' }], other: { attributes: 'x' } }],
    'object',
  ],
  [
    { tags: { data: [{ technique: 'T1', name: 'n' }] } },
    'tags.data',
    [{ name: 'n', other: { technique: 'T1' } }],
    'object',
  ],
  [
    { tags: { data: [{ tactics: [{ a: 1 }, 'b'] }] } },
    'tags.data',
    [{ tactics: ['b'], other: { tactics: { a: 1 } } }],
    'keyword',
  ],
  [
    { associatedIndicators: { data: [{ active: 5, owner: 7, text: 'x' }] } },
    'associated_indicators.data',
    [{ text: 'x', other: { owner: 7 } }],
    'object',
  ],
] as const) {
  test(`${JSON.stringify(record)} keeps only the values that the index accepts`, () => {
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

test('a summary that does not fit gives no event.id either', () => {
  assert.equal(at(documentOf({ summary: { a: 1 } }), 'event.id'), undefined);
});

const deep = (levels: number): object => (levels === 0 ? { leaf: 1 } : { x: deep(levels - 1) });

const listsIn = (levels: number): unknown => (levels === 0 ? 1 : [listsIn(levels - 1)]);

const TOO_DEEP = [`${TC}.enrichment: leaves out what is nested deeper than 20`];
const TOO_LONG = [`${TC}.enrichment: leaves out what is longer than 32766 bytes with its keys`];

for (const [what, value, left, errors] of [
  ['20 levels', deep(19), deep(19), undefined],
  ['21 levels', { a: 1, ...deep(20) }, { a: 1 }, TOO_DEEP],
  ['21 levels and no more', deep(20), undefined, TOO_DEEP],
  ['20 levels in each member', [deep(19), deep(19)], [deep(19), deep(19)], undefined],
  ['21 levels in one member', [deep(19), deep(20)], [deep(19)], TOO_DEEP],
  ['20 lists in lists', { a: listsIn(20) }, { a: listsIn(20) }, undefined],
  ['1,200 lists in lists', { a: listsIn(1_200), b: 1 }, { b: 1 }, TOO_DEEP],
  ['a leaf of 32,764 bytes', { k: 'x'.repeat(32_764) }, { k: 'x'.repeat(32_764) }, undefined],
  ['a leaf of 32,765 bytes', { k: 'x'.repeat(32_765), l: 1 }, { l: 1 }, TOO_LONG],
  ['11,000 characters of three bytes', { k: ['€'.repeat(11_000), 'y'] }, { k: ['y'] }, TOO_LONG],
  ['a zero byte in a key', { 'a\0b': 1 }, { 'a\uFFFDb': 1 }, undefined],
  [
    'two keys that differ in a zero byte',
    { 'a\0': 1, 'a\uFFFD': 2 },
    { 'a\uFFFD\uFFFD': 1, 'a\uFFFD': 2 },
    undefined,
  ],
] as const) {
  test(`a flattened field with ${what} keeps the values that Elasticsearch accepts, and names those left out`, () => {
    const document = documentOf({ enrichment: value });
    assert.deepEqual(at(document, `${TC}.enrichment`), left);
    assert.deepEqual(at(document, 'error.message'), errors);
  });
}

const LONG = 'x'.repeat(40_000);

const CHOSEN: readonly (readonly [
  what: string,
  element: object,
  other: object,
  errors?: string[],
])[] = [
  ['a dot at its end', { 'Account No.': 'A-1' }, { 'Account No.': 'A-1' }],
  ['a dot at its beginning', { '.NET Hash': '00' }, { '.NET Hash': '00' }],
  ['two dots', { 'v1..v2': 'x' }, { 'v1..v2': 'x' }],
  ['only a blank', { ' ': 'x' }, { ' ': 'x' }],
  ['nothing', { '': 'x' }, { '': 'x' }],
  [
    'another name as its beginning',
    { 'Rev 1': 'x', 'Rev 1.0': 'y' },
    { 'Rev 1': 'x', 'Rev 1.0': 'y' },
  ],
  ['an object below it', { insights: { summary: 's' } }, { insights: { summary: 's' } }],
  ['a property of every object', { constructor: 'y' }, { constructor: 'y' }],
  ['the name of the field for it', { other: 'x' }, { other: 'x' }],
  [
    'the name of an object',
    { owner: 'x' },
    { owner: 'x' },
    ['owner: does not fit the field type object'],
  ],
  ['a place below an object', { owner: { 'a.': 1 } }, { 'owner.a.': 1 }],
  ['the same place in two members', { owner: [{ a: 1 }, { a: 2 }] }, { 'owner.a': [1, 2] }],
  ['a value of any length', { k: LONG }, { k: LONG }],
  [
    '40,000 characters and a short value',
    { [LONG]: 'v', k: 1 },
    { k: 1 },
    ['other: leaves out what is longer than 32766 bytes with its keys'],
  ],
  [
    'too deep a value',
    { k: 1, ...deep(20) },
    { k: 1 },
    ['other: leaves out what is nested deeper than 20'],
  ],
];

for (const [what, element, other, errors] of CHOSEN) {
  for (const collection of ['associated_groups', 'associated_indicators'] as const) {
    test(`in ${collection} a name from the source with ${what} is kept in other`, () => {
      const source = collection.replace(/_./, (match) => match.slice(1).toUpperCase());
      const document = documentOf({ [source]: { data: [{ type: 'Vehicle', ...element }] } });
      assert.deepEqual(at(document, `${TC}.${collection}.data`), [{ type: 'Vehicle', other }]);
      const expected = errors?.map((error) => `${TC}.${collection}.data.${error}`);
      assert.deepEqual(at(document, 'error.message'), expected);
    });
  }
}

test('attributes, labels and tags also keep names without a field in other', () => {
  const data = [{ name: 'n', 'a.': 1 }];
  const document = documentOf({ attributes: { data }, securityLabels: { data }, tags: { data } });
  const kept = [{ name: 'n', other: { 'a.': 1 } }];
  assert.deepEqual(at(document, `${TC}.attributes.data`), [{ other: { name: 'n', 'a.': 1 } }]);
  assert.deepEqual(at(document, `${TC}.security_labels.data`), kept);
  assert.deepEqual(at(document, `${TC}.tags.data`), kept);
  assert.equal(document.error, undefined);
});

test('each attribute and each assignment of a group has its own other', () => {
  const attributes = { data: [{ type: 't', createdBy: { id: 1 } }, { type: 'u' }, { 'a.': 1 }] };
  const assignments = { data: [{ type: 'Assigned', user: { id: 12, 'a.': 1 } }] };
  const document = documentOf({ associatedGroups: { data: [{ attributes, assignments }] } });
  assert.deepEqual(at(document, `${TC}.associated_groups.data`), [
    {
      attributes: [
        { type: 't', other: { createdBy: { id: 1 } } },
        { type: 'u' },
        { other: { 'a.': 1 } },
      ],
      assignments: { data: [{ type: 'Assigned', user: { id: '12' }, other: { 'user.a.': 1 } }] },
    },
  ]);
});

test('a key __proto__ is kept in other like any other', () => {
  const document = documentOf('{"tags":{"data":[{"name":"n","__proto__":"x"}]}}');
  assert.match(JSON.stringify(document), /"other":\{"__proto__":"x"\}/);
});

/** The values that Elasticsearch accepts, written again without the program's code. */
const TAKES: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  date: (value) =>
    /^\d{4}(?:-\d\d(?:-\d\d(?:T[\d:.,+Z-]*(?:UTC|GMT|UT)?)?)?)?$/.test(String(value)),
  double: (value) => value !== '' && Number.isFinite(Number(value)),
  flattened: (value) => typeof value === 'object',
  flattened_other: (value) => typeof value === 'object',
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  ip_range: (value) => /^[\da-f.:]+\/\d+$/.test(String(value)),
  long: (value) => /^[+-]?\d{1,19}(?:\.0+)?$/.test(String(value)),
};

const isLeaf = (value: unknown): boolean => typeof value !== 'object';

/** Names of declared fields with a value that would be refused, and of declared objects that are no objects. */
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

test('a document has no empty value', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const document = documentOf(text);
      assert.deepEqual(prune(document), document);
    }),
    { numRuns: 1000 },
  );
});
