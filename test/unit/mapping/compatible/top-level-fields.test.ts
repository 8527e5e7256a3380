import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, documentOf, errorsOf, TC, TI } from './map.ts';

const DATE = '2023-10-04T12:34:56+02:00';
const DATE_OUT = '2023-10-04T10:34:56.000Z';

/** Key, JSON text of its value, and the expected values in the document. */
const ROWS: readonly (readonly [
  source: string,
  value: string,
  targets: Record<string, unknown>,
])[] = [
  ['id', '891599', { [`${TC}.id`]: '891599' }],
  ['id', '9007199254918489', { [`${TC}.id`]: '9007199254918489' }],
  ['dateAdded', `"${DATE}"`, { [`${TC}.date_added`]: DATE_OUT }],
  ['lastModified', `"${DATE}"`, { [`${TC}.last_modified`]: DATE_OUT, '@timestamp': DATE_OUT }],
  ['firstSeen', `"${DATE}"`, { [`${TC}.first_seen`]: DATE_OUT, [`${TI}.first_seen`]: DATE_OUT }],
  ['lastSeen', `"${DATE}"`, { [`${TC}.last_seen`]: DATE_OUT, [`${TI}.last_seen`]: DATE_OUT }],
  ['externalDateAdded', `"${DATE}"`, { [`${TC}.external.date.added`]: DATE_OUT }],
  ['externalDateExpires', `"${DATE}"`, { [`${TC}.external.date.expires`]: DATE_OUT }],
  [
    'externalLastModified',
    `"${DATE}"`,
    { [`${TC}.external_last.modified`]: DATE_OUT, [`${TI}.modified_at`]: DATE_OUT },
  ],
  ['lastFalsePositive', `"${DATE}"`, { [`${TC}.last_false_positive`]: DATE_OUT }],
  ['ownerId', '51', { [`${TC}.owner.id`]: '51' }],
  ['ownerName', '"Acme"', { [`${TC}.owner.name`]: 'Acme' }],
  ['active', '"TRUE"', { [`${TC}.active.value`]: true }],
  ['activeLocked', 'false', { [`${TC}.active.locked`]: false }],
  ['privateFlag', 'false', { [`${TC}.private_flag`]: false }],
  ['dnsActive', 'true', { [`${TC}.dns_active`]: true }],
  ['whoisActive', 'true', { [`${TC}.whois_active`]: true }],
  ['falsePositiveReportedByUser', 'false', { [`${TC}.false_positive_reported_by_user`]: false }],
  ['falsePositives', '"3"', { [`${TC}.false_positives`]: 3 }],
  ['confidence', '61', { [`${TC}.confidence`]: 61, [`${TI}.confidence`]: 'Medium' }],
  ['rating', '5.00', { [`${TC}.rating`]: 5 }],
  ['threatAssessConfidence', '61.5', { [`${TC}.threat_assess.confidence`]: 61.5 }],
  ['threatAssessRating', '0.0', { [`${TC}.threat_assess.rating`]: 0 }],
  ['threatAssessScore', '382', { [`${TC}.threat_assess.score.value`]: 382 }],
  ['threatAssessScoreObserved', '0', { [`${TC}.threat_assess.score.observed`]: 0 }],
  ['threatAssessScoreFalsePositive', '-2', { [`${TC}.threat_assess.score.false_positive`]: -2 }],
  ['type', '"Host"', { [`${TC}.type`]: 'Host', [`${TI}.type`]: undefined }],
  ['summary', '"AB : cd"', { [`${TC}.summary`]: 'AB : cd', 'event.id': 'AB : cd' }],
  ['description', '"bad"', { [`${TC}.description`]: 'bad', [`${TI}.description`]: 'bad' }],
  ['source', '"feed"', { [`${TC}.source`]: 'feed' }],
  [
    'webLink',
    '"https://a"',
    { [`${TC}.web_link`]: 'https://a', [`${TI}.reference`]: ['https://a'] },
  ],
  [
    'legacyLink',
    '"https://b"',
    { [`${TC}.legacy_link`]: 'https://b', [`${TI}.reference`]: ['https://b'] },
  ],
  [
    'address',
    '"a@b.c"',
    { [`${TC}.address`]: 'a@b.c', [`${TI}.email.address`]: 'a@b.c', 'user.email': 'a@b.c' },
  ],
  ['address', '5.00', { [`${TC}.address`]: '5.00', 'user.email': '5.00' }],
  [
    'ip',
    '"2001:DB8::1"',
    { [`${TC}.ip`]: '2001:DB8::1', 'related.ip': ['2001:DB8::1'], [`${TI}.ip`]: undefined },
  ],
  [
    'hostName',
    '"Bad.example"',
    {
      [`${TC}.host_name`]: 'Bad.example',
      'observer.hostname': 'Bad.example',
      'related.hosts': ['Bad.example'],
    },
  ],
  ['hostName', '5.00', { 'related.hosts': ['5.00'] }],
  [
    'hostName',
    '["a"]',
    { [`${TC}.host_name`]: ['a'], 'observer.hostname': ['a'], 'related.hosts': undefined },
  ],
  ['text', '"http://x"', { [`${TC}.text`]: 'http://x', [`${TI}.url`]: undefined }],
  ['md5', '"AB"', { [`${TC}.md5`]: 'ab', 'related.hash': ['ab'], [`${TI}.file`]: undefined }],
  ['sha1', '"AB"', { [`${TC}.sha1`]: 'ab', 'related.hash': ['ab'] }],
  ['sha256', '"AB"', { [`${TC}.sha256`]: 'ab', 'related.hash': undefined }],
  ['size', '"124"', { [`${TC}.size`]: '124', [`${TI}.file.size`]: 124 }],
  ['AS Number', '"ASN1234"', { [`${TC}.as_number`]: 'ASN1234', [`${TI}.as.number`]: 1234 }],
  ['Block', '"192.0.2.0/24"', { [`${TC}.block`]: '192.0.2.0/24', 'related.ip': undefined }],
  ['Hashtag', '"#bad"', { [`${TC}.hashtag`]: '#bad' }],
  ['Mutex', '"Test.Mutex()"', { [`${TC}.mutex`]: 'Test.Mutex()' }],
  ['Subject', '"Spam"', { [`${TC}.subject`]: 'Spam', 'email.subject': 'Spam' }],
  [
    'User Agent String',
    '"curl"',
    { [`${TC}.user_agent_string`]: 'curl', 'user_agent.original': 'curl' },
  ],
  ['Key Name', '"HKLM"', { [`${TC}.key_name`]: 'HKLM', [`${TI}.registry`]: undefined }],
  ['Value Name', '" "', { [`${TC}.value.name`]: ' ' }],
  ['Value Type', '"REG_SZ"', { [`${TC}.value.type`]: 'REG_SZ' }],
];

for (const [source, value, targets] of ROWS) {
  test(`${source} ${value} is copied to ${Object.keys(targets).join(', ')}`, () => {
    const document = documentOf(`{"${source}":${value}}`);
    for (const [path, expected] of Object.entries(targets)) {
      assert.deepEqual(at(document, path), expected, path);
    }
  });
}

test('a field that is kept has its original type', () => {
  for (const source of ['ownerName', 'summary', 'description', 'source', 'Block', 'Mutex']) {
    const document = documentOf(`{"${source}":{"a":[5.00,true]}}`);
    assert.ok(JSON.stringify(document).includes('{"a":[5.00,true]}'), source);
  }
});

const DATES = ['dateAdded', 'lastModified', 'firstSeen', 'lastSeen', 'externalDateAdded'].concat(
  'externalDateExpires',
  'externalLastModified',
  'lastFalsePositive',
);

for (const source of [...DATES, 'ip']) {
  test(`an empty ${source} is the same as a missing one`, () => {
    assert.deepEqual(documentOf({ [source]: '' }), documentOf({}));
  });
}

for (const [source, value, error] of [
  ...DATES.map((date) => [date, 'yesterday', `${date}: cannot convert [yesterday] to date`]),
  ['id', [1], 'id: cannot convert [list] to string'],
  ['ownerId', {}, 'ownerId: cannot convert [object] to string'],
  ['size', [], 'size: cannot convert [list] to string'],
  ['active', 1, 'active: cannot convert [1] to boolean'],
  ['privateFlag', '', 'privateFlag: cannot convert [] to boolean'],
  ['confidence', 61.5, 'confidence: cannot convert [61.5] to long'],
  ['falsePositives', true, 'falsePositives: cannot convert [true] to long'],
  ['rating', 'high', 'rating: cannot convert [high] to double'],
  ['ip', '192.0.2.0/24', 'ip: cannot convert [192.0.2.0/24] to ip'],
  ['ip', 5, 'ip: cannot convert [5] to ip'],
  ['AS Number', 'AS13335 - X', 'AS Number: cannot convert [AS13335 - X] to long'],
] as const) {
  test(`${source} ${JSON.stringify(value)} is missing from the document, and an error says why`, () => {
    const document = documentOf({ [source]: value });
    assert.deepEqual(at(document, 'error.message'), [error]);
  });
}

test('an unknown key is not in the document', () => {
  const unknown = {
    calScore: 3,
    lastObserved: '2023-10-04',
    customAssociationNames: ['x'],
    cidr: 'x',
  };
  assert.deepEqual(documentOf(unknown), documentOf({}));
  assert.deepEqual(errorsOf(unknown), []);
});

test('keys are recognised only in their exact case', () => {
  assert.deepEqual(
    documentOf({ ID: 1, Summary: 'x', hashtag: '#x', subject: 'x' }),
    documentOf({}),
  );
});

test('an empty summary gives no event.id', () => {
  assert.equal(at(documentOf({ summary: '' }), 'event.id'), undefined);
});
