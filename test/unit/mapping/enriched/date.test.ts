import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapRecord } from '../../../../mapping/map-record.ts';
import { at, documentOf as compatibleOf, TC } from '../compatible/map.ts';
import { documentOf, READING, SETTINGS } from './enrich.ts';

const DATES = [
  ['2026-01-31T12:34:56Z', '2026-01-31T12:34:56.000Z'],
  ['2026-01-31T12:34:56Z ', '2026-01-31T12:34:56.000Z'],
  [' \t2026-01-31T12:34:56Z\n', '2026-01-31T12:34:56.000Z'],
  ['\u00A02026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2015-03-26T19:06:53.344Z', '2015-03-26T19:06:53.344Z'],
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31 12:34:56', '2026-01-31T12:34:56.000Z'],
  ['2026-01-31 12:34', '2026-01-31T12:34:00.000Z'],
  ['2026-01-31 12:34:56.789', '2026-01-31T12:34:56.789Z'],
  ['2026-01-31 12:34:56Z', '2026-01-31T12:34:56.000Z'],
  ['2026-01-31 12:34:56 UTC', '2026-01-31T12:34:56.000Z'],
  ['2026-01-31 12:34:56.789 GMT', '2026-01-31T12:34:56.789Z'],
  ['2026-01-31 12:34:56 Z', '2026-01-31T12:34:56.000Z'],
  ['2026-01-31 12:34:56 +0530', '2026-01-31T07:04:56.000Z'],
  ['2026-01-31T12:34:56 -01:00', '2026-01-31T13:34:56.000Z'],
  ['01-31-2026', '2026-01-31T00:00:00.000Z'],
  [' 01-31-2026 ', '2026-01-31T00:00:00.000Z'],
  ['01-31-2026 12:34:56', '2026-01-31T12:34:56.000Z'],
] as const;

const isStrict = (text: string): boolean => /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(text);

for (const [text, date] of DATES) {
  test(`${JSON.stringify(text)} is a date in every field, and an error in profile compatible if it is one in the integration`, () => {
    const record = {
      id: 1,
      lastModified: text,
      firstSeen: text,
      tags: { data: [{ lastUsed: text }] },
      associatedGroups: { data: [{ dueDate: text }] },
    };
    const document = documentOf(record);
    assert.equal(document['@timestamp'], date);
    for (const place of [
      'last_modified',
      'first_seen',
      'tags.data.0.last_used',
      'associated_groups.data.0.due_date',
    ]) {
      assert.equal(at(document, `${TC}.${place}`), date, place);
    }
    assert.equal(document.error, undefined);
    const strict = isStrict(text) ? date : undefined;
    assert.equal(at(compatibleOf(record), `${TC}.first_seen`), strict);
  });
}

for (const text of [
  '31-01-2026',
  '2026-01-31 UTC',
  '2026-01-31 12:34:56 CET',
  '13-01-2026',
  '02-30-2026',
  '1-31-2026',
  '01/31/2026',
  '2026-01-31  12:34',
  '2026-01-31 24:00:00',
  '2026-01-31 12:34:60',
  '0000-00-00T00:00:00Z',
  '1767992411000',
  'TODAY()',
  'yesterday',
]) {
  test(`${text} is no date, and the document says so`, () => {
    const document = documentOf({ dateAdded: text });
    assert.equal(at(document, `${TC}.date_added`), undefined);
    const errors = [`dateAdded: cannot convert [${text}] to date`];
    assert.deepEqual(at(document, 'error.message'), errors);
  });
}

test('the description of a record has its date in one format', () => {
  const settings = { ...SETTINGS, profile: 'enriched' as const };
  const text = '{"id":1,"lastModified":"2026-01-09 21:00:11 "}';
  const mapped = mapRecord(text, false, settings, READING);
  assert.ok(mapped.kind === 'document');
  assert.equal(mapped.lastModified, '2026-01-09T21:00:11.000Z');
  assert.equal(mapped.version.timestampMs, Date.parse('2026-01-09T21:00:11Z'));
});
