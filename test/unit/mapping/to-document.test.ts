import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { isObject, parseExact, type Json, type JsonObject } from '../../../mapping/exact-json.ts';
import { CONSTANT_FIELDS, FIELDS } from '../../../mapping/fields.ts';
import {
  toDocument,
  type MappedDocument,
  type MappingSettings,
  type Reading,
} from '../../../mapping/to-document.ts';
import { blankText, membersOf, objectText, valueText } from '../raw-json.ts';

const SETTINGS: MappingSettings = {
  namespace: 'default',
  tags: ['forwarded', 'threatconnect-indicator'],
  iocExpiration: '90d',
  preserveOriginalEvent: false,
};

const READING: Reading = {
  feed: 'default',
  runId: 'run-1',
  requestedAtMs: Date.UTC(2026, 1, 10, 12, 34, 56, 789),
};

const RECORD: JsonObject = {
  id: 738_667,
  ownerId: 3,
  ownerName: 'Acme',
  type: 'Host',
  summary: 'evil.example',
  description: 'seen in May',
  source: 'a report',
  active: true,
  confidence: 75,
  rating: parseExact('5.00'),
  dateAdded: '2026-01-01T00:00:00Z',
  lastModified: '2026-01-31T12:34:56Z',
  webLink: 'https://tc.example/1',
  legacyLink: 'https://tc.example/legacy/1',
};

function documentOf(
  record: JsonObject,
  settings: Partial<MappingSettings> = {},
  reading: Partial<Reading> = {},
): MappedDocument {
  const text = JSON.stringify(record);
  const mapped = toDocument(text, false, { ...SETTINGS, ...settings }, { ...READING, ...reading });
  assert.ok(mapped.kind === 'document');
  return mapped;
}

function sourceOf(mapped: MappedDocument): JsonObject {
  const source = parseExact(mapped.source);
  assert.ok(isObject(source));
  return source;
}

function at(object: Json | undefined, path: string): Json | undefined {
  let value = object;
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return value;
}

function fieldOf(record: JsonObject, path: string): Json | undefined {
  return at(sourceOf(documentOf(record)), path);
}

function hashOf(mapped: MappedDocument): Json | undefined {
  return at(sourceOf(mapped), 'event.hash');
}

test('an ordinary record becomes this document', () => {
  const mapped = documentOf(RECORD);
  assert.equal(mapped.indicatorId, '738667');
  assert.equal(mapped.lastModified, '2026-01-31T12:34:56.000Z');
  assert.deepEqual(JSON.parse(mapped.source), {
    '@timestamp': '2026-01-31T12:34:56.000Z',
    ecs: { version: '8.11.0' },
    data_stream: { type: 'logs', dataset: 'ti_threatconnect.indicator', namespace: 'default' },
    event: {
      kind: 'enrichment',
      category: ['threat'],
      type: ['indicator'],
      dataset: 'ti_threatconnect.indicator',
      module: 'ti_threatconnect',
      id: 'evil.example',
      created: '2026-02-10T12:34:56.789Z',
      hash: hashOf(mapped),
    },
    tags: ['forwarded', 'threatconnect-indicator'],
    tcsync: { feed: 'default', run_id: 'run-1' },
    threat: {
      indicator: {
        provider: 'ThreatConnect',
        type: 'domain-name',
        description: 'seen in May',
        reference: ['https://tc.example/legacy/1', 'https://tc.example/1'],
      },
    },
    threat_connect: {
      indicator: {
        id: '738667',
        type: 'Host',
        summary: 'evil.example',
        description: 'seen in May',
        source: 'a report',
        owner: { id: '3', name: 'Acme' },
        date_added: '2026-01-01T00:00:00.000Z',
        last_modified: '2026-01-31T12:34:56.000Z',
        deleted_at: '2026-05-12T00:00:00.000Z',
        expiration_duration: '90d',
        active: { value: true },
        confidence: 75,
        rating: 5,
        web_link: 'https://tc.example/1',
        legacy_link: 'https://tc.example/legacy/1',
      },
    },
  });
});

for (const id of ['0', '738667', '9007199254740993', '9007199254918487', '9223372036854775807']) {
  test(`the id ${id} is exact`, () => {
    const mapped = documentOf({ ...RECORD, id: parseExact(id) });
    assert.equal(mapped.indicatorId, id);
    assert.equal(at(sourceOf(mapped), 'threat_connect.indicator.id'), id);
  });
}

test('neighbours above 2^53 are two indicators', () => {
  const [a, b] = ['9007199254740992', '9007199254740993'].map(
    (id) => documentOf({ ...RECORD, id: parseExact(id) }).id,
  );
  assert.notEqual(a, b);
});

for (const [text, reason] of [
  ['[]', 'the record is no JSON object'],
  ['"x"', 'the record is no JSON object'],
  ['7', 'the record is no JSON object'],
  ['9007199254740993', 'the record is no JSON object'],
  ['null', 'the record is no JSON object'],
  ['{}', 'the record has no id'],
  ['{"id":null}', 'the record has no id'],
  ['{"id":true}', 'the record has no id'],
  ['{"id":""}', 'the record has no id'],
  ['{"id":"x"}', 'the record has no id'],
  ['{"id":"007"}', 'the record has no id'],
  ['{"id":-1}', 'the record has no id'],
  ['{"id":1.5}', 'the record has no id'],
  ['{"id":1e3}', 'the record has no id'],
  ['{"id":[1]}', 'the record has no id'],
  ['{"data":{"id":1}}', 'the record has no id'],
] as const) {
  test(`${text} is set aside: ${reason}`, () => {
    assert.deepEqual(toDocument(text, false, SETTINGS, READING), {
      kind: 'unmappable',
      indicatorId: null,
      reason,
    });
  });
}

test('a record that is not JSON is the page’s fault, not the record’s', () => {
  assert.throws(() => toDocument('{"id":1', false, SETTINGS, READING), SyntaxError);
});

describe('threat.indicator.type is one of ECS’s words', () => {
  for (const [type, ip, word] of [
    ['Address', '192.0.2.1', 'ipv4-addr'],
    ['Address', '2001:db8::1', 'ipv6-addr'],
    ['Address', '::ffff:192.0.2.1', 'ipv4-addr'],
    ['Address', '::FFFF:c000:201', 'ipv4-addr'],
    ['Address', '0:0:0:0:0:ffff:192.0.2.1', 'ipv4-addr'],
    ['Address', '::192.0.2.1', 'ipv6-addr'],
    ['Address', '192.0.2.0/24', 'unknown'],
    ['Address', '192.0.2.01', 'unknown'],
    ['Address', 7, 'unknown'],
    ['Address', null, 'unknown'],
    ['ASN', null, 'autonomous-system'],
    ['EmailAddress', null, 'email-addr'],
    ['File', null, 'file'],
    ['Host', '192.0.2.1', 'domain-name'],
    ['Mutex', null, 'mutex'],
    ['Registry Key', null, 'windows-registry-key'],
    ['URL', null, 'url'],
    ['Filename', null, 'unknown'],
    ['host', null, 'unknown'],
    ['constructor', null, 'unknown'],
    ['__proto__', null, 'unknown'],
    ['toString', null, 'unknown'],
    [null, null, 'unknown'],
    [[], null, 'unknown'],
  ] as const) {
    test(`${JSON.stringify(type)} with ip ${JSON.stringify(ip)} is ${word}`, () => {
      const record: JsonObject = { id: 1, type: type as Json, ip };
      assert.equal(fieldOf(record, 'threat.indicator.type'), word);
    });
  }
});

test('only a valid address is in the field `ip`, which refuses others', () => {
  const ipOf = (type: string, ip: Json) => fieldOf({ id: 1, type, ip }, 'threat.indicator.ip');
  assert.equal(ipOf('Address', '192.0.2.1'), '192.0.2.1');
  assert.equal(ipOf('Address', '192.0.2.256'), undefined);
  assert.equal(ipOf('Host', '192.0.2.1'), undefined);
});

for (const lastModified of [
  undefined,
  null,
  'yesterday',
  '7',
  7,
  '2026-02-30T00:00:00Z',
] as const) {
  test(`without a date (${JSON.stringify(lastModified)}) the timestamp is the start of the day, so that the day’s readings are one`, () => {
    const record: JsonObject = { id: 1, lastModified };
    const mapped = documentOf(record);
    assert.equal(mapped.lastModified, null);
    assert.equal(at(sourceOf(mapped), '@timestamp'), '2026-02-10T00:00:00.000Z');
    assert.equal(at(sourceOf(mapped), 'threat_connect.indicator.last_modified'), undefined);
  });
}

for (const [iocExpiration, deletedAt] of [
  ['90d', '2026-05-12T00:00:00.000Z'],
  ['12h', '2026-02-11T12:00:00.000Z'],
  ['30m', '2026-02-11T00:30:00.000Z'],
] as const) {
  test(`an indicator that is not seen again ends ${iocExpiration} after the day of its reading`, () => {
    const source = sourceOf(documentOf(RECORD, { iocExpiration }));
    assert.equal(at(source, 'threat_connect.indicator.deleted_at'), deletedAt);
  });
}

test('the same content read again on the same day is the same document, on the next day another', () => {
  const again = documentOf(
    RECORD,
    {},
    { runId: 'run-2', feed: 'other', requestedAtMs: Date.UTC(2026, 1, 10, 23, 59, 59, 999) },
  );
  const nextDay = documentOf(RECORD, {}, { requestedAtMs: Date.UTC(2026, 1, 11) });
  assert.equal(again.id, documentOf(RECORD).id);
  assert.notEqual(nextDay.id, documentOf(RECORD).id);
});

for (const [key, value] of [
  ['ownerId', 4],
  ['ownerName', 'Other'],
  ['type', 'URL'],
  ['summary', 'other.example'],
  ['description', 'other'],
  ['source', 'other'],
  ['active', false],
  ['confidence', 76],
  ['rating', 4],
  ['dateAdded', '2026-01-02T00:00:00Z'],
  ['lastModified', '2026-01-31T12:34:57Z'],
  ['webLink', 'https://tc.example/2'],
  ['legacyLink', 'https://tc.example/legacy/2'],
] as const) {
  test(`a change of ${key} is a change of content, and so is its absence`, () => {
    const hash = hashOf(documentOf(RECORD));
    assert.notEqual(hashOf(documentOf({ ...RECORD, [key]: value })), hash);
    const absent = key === 'active' ? { active: null } : { [key]: undefined };
    assert.notEqual(hashOf(documentOf({ ...RECORD, ...absent })), hash);
  });
}

test('neither who reads, when, nor how it is kept is content', () => {
  const hash = hashOf(documentOf(RECORD));
  for (const other of [
    documentOf(RECORD, {}, { feed: 'other', runId: 'run-2', requestedAtMs: 0 }),
    documentOf(RECORD, { namespace: 'other', tags: [], iocExpiration: '1d' }),
    documentOf(RECORD, { preserveOriginalEvent: true }),
    documentOf(Object.fromEntries(Object.entries(RECORD).toReversed())),
  ]) {
    assert.equal(hashOf(other), hash);
  }
});

test('the source’s own text is kept byte for byte where that is asked for, with the tag that says so', () => {
  const text = '{ "id" : 1, "rating": 5.00, "x": "\\u0041\\/" }';
  const mapped = toDocument(text, false, { ...SETTINGS, preserveOriginalEvent: true }, READING);
  assert.ok(mapped.kind === 'document');
  assert.equal(at(sourceOf(mapped), 'event.original'), text);
  assert.deepEqual(at(sourceOf(mapped), 'tags'), ['preserve_original_event', ...SETTINGS.tags]);
});

describe('any JSON object with an id', () => {
  const names = [...Object.keys(RECORD), 'ip', 'x', '__proto__'];
  const records = fc
    .tuple(
      membersOf(
        fc.constantFrom(...names.filter((name) => name !== 'id')),
        fc.oneof(
          valueText,
          fc.constantFrom('"constructor"', '"Address"', '"::1"', '"2026-01-31T12:34:56Z"'),
        ),
        8,
      ),
      fc.bigInt({ min: 0n, max: 2n ** 63n }),
    )
    .chain(([members, id]) => objectText(fc.constant([...members, ['id', String(id)]])));

  test('becomes a document that says the same whether or not its numbers are plain', () => {
    fc.assert(
      fc.property(records, blankText, (text, blank) => {
        const mapped = toDocument(`${text}${blank}`, false, SETTINGS, READING);
        assert.ok(mapped.kind === 'document');
        assert.match(mapped.id, /^[-\w]{20}$/);
        assert.equal(JSON.stringify(sourceOf(mapped)), mapped.source);
      }),
      { numRuns: 400 },
    );
  });

  test('becomes a document of which every field has a type, and every value is one that it takes', () => {
    const types: Readonly<Record<string, string>> = {
      ...FIELDS,
      'data_stream.namespace': 'keyword',
      ...Object.fromEntries(Object.keys(CONSTANT_FIELDS).map((name) => [name, 'keyword'])),
    };
    fc.assert(
      fc.property(records, (text) => {
        const mapped = toDocument(text, false, SETTINGS, READING);
        assert.ok(mapped.kind === 'document');
        for (const [name, value] of leaves(sourceOf(mapped))) {
          const type = types[name] ?? assert.fail(`${name} has no type`);
          assert.ok(isOfType(type, value), `${name}: ${JSON.stringify(value)} is no ${type}`);
        }
      }),
      { numRuns: 400 },
    );
  });
});

test('any JSON text is a document or set aside, never an error', () => {
  fc.assert(
    fc.property(valueText, (text) => {
      assert.match(toDocument(text, false, SETTINGS, READING).kind, /^(?:document|unmappable)$/);
    }),
  );
});

/** Dotted names and values; the members of a list one by one. */
function leaves(value: Json | undefined, name = ''): [string, Json | undefined][] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, name));
  if (!isObject(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, member]) =>
    leaves(member, name === '' ? key : `${name}.${key}`),
  );
}

function isOfType(type: string, value: Json | undefined): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'long' || type === 'double') return typeof value === 'number';
  if (type === 'date') return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  return typeof value === 'string';
}
