import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../../../mapping/exact-json.ts';
import {
  CONSTANT_FIELDS,
  FIELDS,
  LATEST_CONSTANT_FIELDS,
  LATEST_FIELDS,
} from '../../../mapping/field-table.ts';
import { documentOf as compatibleOf } from './compatible/map.ts';
import { oddRecord } from './compatible/odd-record.ts';
import { documentOf as enrichedOf, RECORDS } from './enriched/enrich.ts';

const NAMES = [...Object.keys(FIELDS), ...Object.keys(CONSTANT_FIELDS)];

test('no field is an object and a value at once', () => {
  assert.equal(new Set(NAMES).size, NAMES.length);
  for (const name of NAMES) assert.ok(!NAMES.some((other) => other.startsWith(`${name}.`)), name);
});

test('both indices have the same fields', () => {
  assert.deepEqual(Object.keys(LATEST_FIELDS), Object.keys(FIELDS));
});

test('only the data stream is marked as source of the latest index', () => {
  assert.equal(CONSTANT_FIELDS['labels.is_ioc_transform_source'], 'true');
  assert.equal(LATEST_CONSTANT_FIELDS['labels.is_ioc_transform_source'], undefined);
  assert.equal(LATEST_CONSTANT_FIELDS['event.module'], 'ti_threatconnect');
});

test('only these types differ between the indices', () => {
  const differing = NAMES.filter((name) => FIELDS[name] !== LATEST_FIELDS[name]);
  assert.deepEqual(Object.fromEntries(differing.map((name) => [name, LATEST_FIELDS[name]])), {
    'data_stream.namespace': 'keyword',
    'email.subject': 'keyword',
    'threat.indicator.url.original': 'keyword',
    'threat.technique.name': 'keyword',
    'threat_connect.indicator.id': 'keyword_with_number',
    'user_agent.original': 'keyword',
  });
});

for (const [name, type] of [
  ['threat.indicator.as.number', 'long'],
  ['threat.indicator.file.size', 'long'],
  ['threat.indicator.first_seen', 'date'],
  ['threat.indicator.ip', 'ip'],
  ['threat.indicator.url.full', 'wildcard'],
  ['threat.indicator.url.original', 'wildcard_with_text'],
  ['threat_connect.indicator.ip_range', 'ip_range'],
  ['threat_connect.indicator.deleted_at', 'date'],
  ['threat_connect.indicator.observations', 'flattened'],
  ['threat_connect.indicator.associated_indicators.data.id', 'keyword'],
  ['threat_connect.indicator.associated_indicators.data.rating', 'double'],
  ['threat_connect.indicator.associated_groups.data.up_vote_count', 'keyword'],
  ['user.name', 'keyword_with_text'],
  ['event.original', 'unindexed'],
] as const) {
  test(`${name} is ${type}`, () => assert.equal(FIELDS[name], type));
}

/** The declared fields that a document has, and undeclared paths that end in a value. */
function fieldsOf(value: Json | undefined, path = ''): string[] {
  if (NAMES.includes(path)) return [path];
  if (Array.isArray(value)) return value.flatMap((member) => fieldsOf(member, path));
  if (!isObject(value)) return value === undefined ? [] : [path];
  return Object.keys(value).flatMap((key) =>
    fieldsOf(value[key], path === '' ? key : `${path}.${key}`),
  );
}

test('a document has no field that is not declared', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      for (const field of fieldsOf(enrichedOf(text))) assert.ok(NAMES.includes(field), field);
    }),
    { numRuns: 500 },
  );
});

const DATE = '2021-09-17T12:50:19Z';
const PERSON = { id: 3, firstName: 'f', lastName: 'l', owner: 'o', pseudonym: 'p', userName: 'u' };
const LINKS = { webLink: 'https://w', legacyLink: 'https://l' };
const OWNER = { ownerId: 51, ownerName: 'Acme' };
const DATES = {
  dateAdded: DATE,
  lastModified: DATE,
  firstSeen: DATE,
  lastSeen: DATE,
  externalDateAdded: DATE,
  externalDateExpires: DATE,
  externalLastModified: DATE,
};

const INDICATOR: JsonObject = {
  ...LINKS,
  ...OWNER,
  ...DATES,
  id: 891599,
  active: true,
  activeLocked: false,
  privateFlag: false,
  dnsActive: false,
  whoisActive: true,
  confidence: 61,
  rating: 3,
  type: 'File',
  summary: 's',
  description: 'd',
  address: 'a@b.example',
  ip: '192.0.2.1',
  hostName: 'h.example.co.uk',
  text: 'https://u:p@h.example.co.uk:8443/a/b.exe?q=1#f',
  md5: 'A',
  sha1: 'B',
  sha256: 'C',
  size: 123,
  'AS Number': 'ASN1234',
  Block: '192.0.2.0/24',
  Hashtag: '#x',
  Mutex: 'm',
  Subject: 'Spam',
  'User Agent String': 'ua',
  'Key Name': 'HKEY_LOCAL_MACHINE\\x',
  'Value Name': 'v',
  'Value Type': 'REG_SZ',
};

const FLATTENED = [
  'associatedArtifacts',
  'associatedCases',
  'customAssociations',
  'dnsResolution',
  'enrichment',
  'fileActions',
  'fileOccurrences',
  'genericCustomIndicatorValues',
  'geoLocation',
  'investigationLinks',
  'observations',
  'trackedUsers',
  'whoIs',
];

const ODD = { 'Account No.': 'A-1' };

const COLLECTIONS = [
  'associatedGroups',
  'associatedIndicators',
  'attributes',
  'securityLabels',
  'tags',
];

const EVERYTHING: JsonObject = {
  ...INDICATOR,
  ...Object.fromEntries(FLATTENED.map((key) => [key, { data: [{ id: 1 }] }])),
  source: 'src',
  falsePositiveReportedByUser: false,
  falsePositives: 1,
  lastFalsePositive: DATE,
  threatAssessConfidence: 61,
  threatAssessRating: 3,
  threatAssessScore: 382,
  threatAssessScoreFalsePositive: 0,
  threatAssessScoreObserved: 0,
  associatedGroups: {
    data: [
      {
        ...LINKS,
        ...OWNER,
        ...DATES,
        id: 6,
        type: 'Incident',
        name: 'n',
        createdBy: PERSON,
        upVoteCount: '0',
        downVoteCount: '0',
        generatedReport: true,
        password: 'p',
        malware: true,
        to: 'a@x',
        from: 'b@x',
        subject: 's',
        header: 'h',
        body: 'b',
        scoreIncludesBody: true,
        scoreBreakdown: 'x',
        status: 'New',
        xid: 'x',
        upVote: false,
        fileName: 'f',
        fileSize: 36,
        fileText: 't',
        fileType: 'Hash',
        documentType: 'Text',
        documentDateAdded: DATE,
        dueDate: DATE,
        emailDate: DATE,
        escalationDate: DATE,
        eventDate: DATE,
        publishDate: DATE,
        reminderDate: DATE,
        assignments: { data: [{ type: 'Assigned', user: { id: 12 } }] },
        attributes: { data: [{ type: 't', value: 'v' }] },
      },
    ],
  },
  associatedIndicators: { data: [INDICATOR] },
  attributes: {
    data: [
      {
        id: 1,
        createdBy: PERSON,
        dateAdded: DATE,
        lastModified: DATE,
        default: true,
        pinned: false,
        source: 's',
        type: 't',
        value: 'v',
      },
    ],
  },
  securityLabels: { data: [{ name: 'TLP:AMBER', source: 's', dateAdded: DATE }] },
  tags: {
    data: [
      {
        name: 'n',
        techniqueId: 'T1',
        lastUsed: DATE,
        tactics: { data: ['Collection'] },
        platforms: { data: ['Linux'] },
      },
    ],
  },
};

/**
 * Fields that no record fills: those of Elasticsearch, ends of indicators, and fields that the integration never fills.
 */
const UNFILLED = [
  'event.action',
  'event.ingested',
  'event.reason',
  'labels.is_ioc_transform_source',
  'threat.feed.name',
  'threat_connect.indicator.security_labels.data.owner',
  'threat_connect.indicator.tags.data.owner',
  'threat_connect.indicator.tags.data.platforms.count',
];

const TYPES = RECORDS.map(({ type }) => type);

test('every other field of the table is filled by some record', () => {
  const settings = { tags: ['t'], preserveOriginalEvent: true };
  const records = [
    ...TYPES.map((type) => Object.assign(structuredClone(EVERYTHING), { type })),
    { dateAdded: 'bad', observations: 5 },
    { associatedGroups: { data: [{ assignments: { data: [ODD] }, attributes: { data: [ODD] } }] } },
    ...COLLECTIONS.map((key) => ({ [key]: { data: [ODD] } })),
  ];
  const found = new Set<string>();
  for (const record of records) {
    const enriched = enrichedOf(record, { ...settings, passwords: 'keep' });
    for (const document of [compatibleOf(record, settings), enriched]) {
      for (const field of fieldsOf(document)) found.add(field);
    }
  }
  assert.deepEqual(NAMES.filter((name) => !found.has(name)).toSorted(), UNFILLED);
});

test('all fields of the integration are in documents of profile compatible', () => {
  const documents = [
    { ...EVERYTHING, type: 'File URL Registry Key' },
    { ...EVERYTHING, type: 'Address' },
    { dateAdded: 'x' },
  ];
  const found = new Set(
    documents.flatMap((record) => fieldsOf(compatibleOf(record, { tags: ['t'] }))),
  );
  const own = NAMES.filter((name) => !found.has(name)).toSorted();
  assert.deepEqual(own, [
    'event.action',
    'event.created',
    'event.hash',
    'event.ingested',
    'event.reason',
    'labels.is_ioc_transform_source',
    'tcsync.feed',
    'tcsync.identity',
    'tcsync.run_id',
    'threat.feed.name',
    'threat.indicator.email.subject',
    'threat.indicator.id',
    'threat.indicator.registry.hive',
    'threat.indicator.registry.key',
    'threat.indicator.sightings',
    ...NAMES.filter((name) => /^threat\.indicator\.url\.(?!original)/.test(name)),
    'threat.indicator.user_agent.original',
    'threat_connect.indicator.associated_groups.data.assignments.data.other',
    'threat_connect.indicator.associated_groups.data.attributes.other',
    'threat_connect.indicator.associated_groups.data.from',
    'threat_connect.indicator.associated_groups.data.other',
    'threat_connect.indicator.associated_groups.data.to',
    'threat_connect.indicator.associated_indicators.data.other',
    'threat_connect.indicator.attributes.data.other',
    'threat_connect.indicator.ip_range',
    'threat_connect.indicator.security_labels.data.other',
    'threat_connect.indicator.security_labels.data.owner',
    'threat_connect.indicator.tags.data.other',
    'threat_connect.indicator.tags.data.owner',
    'threat_connect.indicator.tags.data.platforms.count',
    'threat_connect.indicator.tags.data.platforms.data',
  ]);
});
