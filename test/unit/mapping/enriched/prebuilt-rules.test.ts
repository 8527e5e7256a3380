import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONSTANT_FIELDS, LATEST_CONSTANT_FIELDS } from '../../../../mapping/field-table.ts';
import type { Json, JsonObject } from '../../../../mapping/exact-json.ts';
import { at } from '../compatible/map.ts';
import { documentOf, RECORDS } from './enrich.ts';

/**
 * The condition of each of Elastic's indicator match rules for a document in the latest index, and the type that it
 * is for.
 *
 * @see https://github.com/elastic/detection-rules/tree/main/rules/threat_intel
 */
const RULES = [
  { rule: 'IP address', type: 'Address', fields: [['threat.indicator.ip']] },
  { rule: 'URL', type: 'URL', fields: [['threat.indicator.url.full']] },
  {
    rule: 'Hash',
    type: 'File',
    fields: [
      ['threat.indicator.file.hash.md5'],
      ['threat.indicator.file.hash.sha1'],
      ['threat.indicator.file.hash.sha256'],
    ],
  },
  { rule: 'Email', type: 'EmailAddress', fields: [['threat.indicator.email.address']] },
  { rule: 'Windows registry', type: 'Registry Key', fields: [['threat.indicator.registry.path']] },
] as const;

const NOW_MS = Date.parse('2026-06-15T12:00:00Z');
const THIRTY_DAYS_MS = 30 * 86_400_000;

function has(document: JsonObject, path: string): boolean {
  return at(document, path) !== undefined;
}

function contains(value: Json | undefined, text: string): boolean {
  return value === text || (Array.isArray(value) && value.includes(text));
}

/** `@timestamp >= "now-30d/d" and event.module:(threatintel or ti_*) and …`, and the rule's filters. */
function isRead(document: JsonObject, constants: Readonly<Record<string, string>>): boolean {
  const { '@timestamp': timestamp } = document;
  return (
    Date.parse(typeof timestamp === 'string' ? timestamp : '') >= NOW_MS - THIRTY_DAYS_MS &&
    (constants['event.module'] ?? '').startsWith('ti_') &&
    constants['labels.is_ioc_transform_source'] !== 'true' &&
    contains(at(document, 'event.category'), 'threat') &&
    contains(at(document, 'event.kind'), 'enrichment') &&
    contains(at(document, 'event.type'), 'indicator')
  );
}

for (const { rule, type, fields } of RULES) {
  test(`the ${rule} rule matches only indicators of type ${type}`, () => {
    for (const record of RECORDS) {
      const document = documentOf(record);
      assert.ok(isRead(document, LATEST_CONSTANT_FIELDS), record.type);
      const matches = fields.some(([field]) => has(document, field));
      assert.equal(matches, record.type === type, `${rule} and ${record.type}`);
    }
  });
}

test('no rule reads a document twice, because rules exclude the data stream', () => {
  for (const record of RECORDS) assert.ok(!isRead(documentOf(record), CONSTANT_FIELDS));
});

test('the field that a rule compares has one value', () => {
  for (const record of RECORDS) {
    const document = documentOf(record);
    for (const [field] of RULES.flatMap((rule): readonly (readonly [string])[] => rule.fields)) {
      assert.ok(!Array.isArray(at(document, field)), `${record.type} ${field}`);
    }
  }
});

test('with confirmed timestamps an indicator stays within the 30 days of the rules', () => {
  const old = { ...RECORDS[0], lastModified: '2020-01-01T00:00:00Z' };
  assert.ok(!isRead(documentOf(old), LATEST_CONSTANT_FIELDS));
  assert.ok(isRead(documentOf(old, { timestamp: 'confirmed' }), LATEST_CONSTANT_FIELDS));
});

test('no rule reads an indicator as an event', () => {
  const eventFields = [
    'source.ip',
    'destination.ip',
    'url.full',
    'url.original',
    'registry.path',
    'file.hash',
    'dll.hash',
    'process.hash',
    'email.from.address',
    'email.to.address',
    'email.sender.address',
    'email.reply_to.address',
    'user.email',
  ];
  for (const record of RECORDS) {
    const document = documentOf({
      ...record,
      associatedGroups: { data: [{ from: 'a@x', to: 'b@x' }] },
    });
    for (const field of eventFields) assert.ok(!has(document, field), `${record.type} ${field}`);
  }
});
