import * as fc from 'fast-check';

const COLLECTIONS = [
  'associatedGroups',
  'associatedIndicators',
  'attributes',
  'securityLabels',
  'tags',
];
const FLATTENED = ['enrichment', 'trackedUsers', 'customAssociations', 'whoIs', 'fileOccurrences'];

/** Names that an administrator may choose, names of fields and of the source's keys, and any text. */
const name = fc.oneof(
  fc.constantFrom(
    'Account No.',
    '.NET Hash',
    'v1..v2',
    'Rev 1.0',
    'Rev 1',
    'Rev',
    '.',
    '..',
    '',
    ' ',
  ),
  fc.constantFrom('a\0b', '\0', '*', '_id', '__proto__', 'constructor', 'Номер', '\ud800'),
  fc.constantFrom(
    'other',
    'owner',
    'owner.name',
    'value',
    'active',
    'external',
    'data',
    'created_by',
  ),
  fc.constantFrom(
    'createdBy',
    'assignments',
    'attributes',
    'type',
    'name',
    'id',
    'file',
    'tactics',
  ),
  fc.constantFrom('ip', 'date_added', 'dateAdded', 'confidence', 'technique', 'platforms', 'user'),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('k'.repeat(20_000), 'é'.repeat(17_000)),
);

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown =>
  Array.from({ length: depth }).reduce<unknown>(wrap, 'deep');

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', ' ', 'text', '2026-01-09', '192.0.2.1', 5, 1.5, -0),
  fc.constantFrom<unknown>(
    '\0',
    '\ud83d',
    'x'.repeat(8_192),
    'x'.repeat(33_000),
    '€'.repeat(11_000),
  ),
  fc.constantFrom(
    nested(25, (inner) => ({ a: inner })),
    nested(1_100, (inner) => [inner]),
  ),
);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }).map((object) => ({ data: [object] })),
  ),
}));

const collection = fc.array(fc.dictionary(name, value, { maxKeys: 6 }), { maxLength: 3 });

/** JSON text of a record with any names and values of any shape in its collections and free parts. */
export const anyNamesRecord: fc.Arbitrary<string> = fc
  .tuple(
    fc.nat(),
    fc.dictionary(fc.constantFrom(...COLLECTIONS), collection),
    fc.dictionary(fc.constantFrom(...FLATTENED), value),
    fc.dictionary(name, value, { maxKeys: 3 }),
  )
  .map(([id, collections, free, labels]) => {
    const lists = Object.entries(collections).map(([key, data]) => [key, { data }]);
    return JSON.stringify({ ...labels, ...Object.fromEntries(lists), ...free, id, summary: 's' });
  });
