import * as fc from 'fast-check';

const COLLECTIONS = [
  'associatedGroups',
  'associatedIndicators',
  'attributes',
  'securityLabels',
  'tags',
];

const FLATTENED = ['enrichment', 'observations', 'trackedUsers', 'whoIs', 'fileOccurrences'];

const TOP_LEVEL = [
  'id',
  'dateAdded',
  'lastModified',
  'ownerId',
  'ownerName',
  'webLink',
  'legacyLink',
  'type',
  'summary',
  'description',
  'source',
  'rating',
  'confidence',
  'threatAssessScore',
  'privateFlag',
  'active',
  'activeLocked',
  'address',
  'ip',
  'hostName',
  'text',
  'md5',
  'sha1',
  'sha256',
  'size',
  'firstSeen',
  'lastSeen',
  'externalDateAdded',
  'externalLastModified',
  'falsePositives',
  'AS Number',
  'Block',
  'Hashtag',
  'Mutex',
  'Subject',
  'User Agent String',
  'Key Name',
  'Value Name',
  'Value Type',
  'deleted_at',
  '__proto__',
  'constructor',
  'calScore',
];

const IN_ELEMENTS = [
  'id',
  'name',
  'ownerId',
  'ownerName',
  'owner',
  'createdBy',
  'created_by',
  'dateAdded',
  'date_added',
  'externalDateAdded',
  'external',
  'fileName',
  'fileSize',
  'file',
  'malware',
  'upVote',
  'to',
  'from',
  'userName',
  'assignments',
  'attributes',
  'password',
  'platforms',
  'tactics',
  'techniqueId',
  'technique',
  'lastUsed',
  'default',
  'pinned',
  'active',
  'activeLocked',
  'hostName',
  'location',
  'AS Number',
  'Value Name',
  'ip',
  'confidence',
  'rating',
  '__proto__',
  'type',
  'value',
  'tags',
  'user',
  'data',
];

const scalar = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    '',
    ' ',
    'true',
    'x',
    'a@b',
    '192.0.2.1',
    '::ffff:192.0.2.1',
    'AS5',
  ),
  fc.constantFrom(
    'File',
    'URL',
    'Address',
    'Host',
    'Registry Key',
    'CIDR',
    'EmailAddress',
    'Mutex',
    'ASN',
  ),
  fc.constantFrom('2026-01-09T21:00:11Z', '2026', '2026-01-09T21:00:11.123456+0200', 'yesterday'),
  fc.constantFrom(
    'TLP:AMBER',
    'tlp: red',
    'T1566',
    '75',
    '61.0',
    'hxxp://a[.]b.co.uk/x?y#z',
    '10.1.2.3/8',
  ),
  fc.constantFrom('HKEY_LOCAL_MACHINE\\a\\', 'http://u:p@[::1]:8080/a.b', 'http://', '-1', '1e3'),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
);

const { value: inner } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
    tie('object').map((object) => ({ data: [object] })),
    fc.array(tie('object'), { maxLength: 3 }).map((data) => ({ data, count: data.length })),
  ),
  object: fc.dictionary(fc.constantFrom(...IN_ELEMENTS), tie('value'), { maxKeys: 6 }),
}));

const element = fc.oneof(
  fc.dictionary(fc.constantFrom(...IN_ELEMENTS), inner, { maxKeys: 8 }),
  inner,
);
const collection = fc.oneof(
  { weight: 4, arbitrary: fc.record({ data: fc.array(element, { maxLength: 4 }) }) },
  { weight: 1, arbitrary: inner },
);

/** JSON text of a record with known keys, and values of every shape in every position. */
export const oddRecord: fc.Arbitrary<string> = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom(...TOP_LEVEL),
      fc.oneof({ weight: 4, arbitrary: scalar }, inner),
      {
        maxKeys: 20,
      },
    ),
    fc.dictionary(fc.constantFrom(...COLLECTIONS, ...FLATTENED), collection, { maxKeys: 4 }),
    fc.constantFrom(
      '',
      ',"id":9007199254918489',
      ',"rating":5.00',
      ',"size":1e400',
      ',"confidence":-0',
    ),
  )
  .map(([top, nested, exact]) => {
    const text = JSON.stringify({ ...top, ...nested });
    return text === '{}' ? `{${exact.slice(1)}}` : `${text.slice(0, -1)}${exact}}`;
  });
