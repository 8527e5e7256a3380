import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isObject, textOf, type Json } from '../../../../mapping/exact-json.ts';
import { oddRecord } from '../compatible/odd-record.ts';
import { at, recordOf, TC } from '../compatible/map.ts';
import { documentOf, enrich, READING, RECORDS } from './enrich.ts';

const RECORD = {
  ...RECORDS[2],
  tags: { data: [{ name: 'a', lastUsed: '2026-01-01' }, { name: 'b' }] },
  associatedGroups: { data: [{ name: 'g', upVoteCount: '1', downVoteCount: '1' }] },
};

function hashOf(...parameters: Parameters<typeof enrich>): Json | undefined {
  return at(enrich(...parameters).document, 'event.hash');
}

test('a hash begins with its version and is hexadecimal', () => {
  assert.match(textOf(hashOf(RECORD)) ?? '', /^v1:[0-9a-f]{64}$/);
});

for (const [what, other] of [
  ['the order of tags', { ...RECORD, tags: { data: RECORD.tags.data.toReversed() } }],
  [
    'a tag’s last use',
    { ...RECORD, tags: { data: [{ name: 'a', lastUsed: '2027-01-01' }, { name: 'b' }] } },
  ],
  ['votes', { ...RECORD, associatedGroups: { data: [{ name: 'g', upVoteCount: '7' }] } }],
  ['an unknown key', { ...RECORD, calScore: 5 }],
  ['a conversion that fails', { ...RECORD, active: 'perhaps' }],
] as const) {
  test(`${what} is no change`, () => assert.equal(hashOf(other), hashOf(RECORD)));
}

for (const [what, other] of [
  ['a tag', { ...RECORD, tags: { data: [{ name: 'c' }] } }],
  ['a score', { ...RECORD, threatAssessScore: 5 }],
  ['the last digit of an id', '{"id":9007199254918487}'],
] as const) {
  test(`${what} is a change`, () => {
    const before = typeof other === 'string' ? '{"id":9007199254918489}' : RECORD;
    assert.notEqual(hashOf(other), hashOf(before));
  });
}

test('the clock, the feed, the run, the tags and the life of indicators do not change the hash', () => {
  const later = { requestedAtMs: READING.requestedAtMs + 5 * 86_400_000, feed: 'f', runId: 'r' };
  const settings = {
    iocExpiration: '5d',
    tags: ['x'],
    preserveOriginalEvent: true,
    namespace: 'n',
  };
  assert.equal(hashOf(RECORD, settings, later), hashOf(RECORD));
});

test('a document’s id is made from the record’s id, its hash, its time and its end', () => {
  const { document, id } = enrich(RECORD);
  const parts = [`${TC}.id`, 'event.hash', '@timestamp', `${TC}.deleted_at`].map((path) =>
    at(document, path),
  );
  const digest = createHash('sha256')
    .update(parts.map((part) => textOf(part)).join('\0'))
    .digest();
  assert.equal(id, digest.subarray(0, 15).toString('base64url'));
});

test('a second reading on the same day gives the same document', () => {
  const requestedAtMs = READING.requestedAtMs + 3_600_000;
  assert.equal(enrich(RECORD, {}, { requestedAtMs, runId: 'r' }).id, enrich(RECORD).id);
});

test('a reading on the next day gives a new document that confirms the indicator', () => {
  const requestedAtMs = READING.requestedAtMs + 86_400_000;
  assert.notEqual(enrich(RECORD, {}, { requestedAtMs }).id, enrich(RECORD).id);
  const fixed = { expiry: 'fixed' } as const;
  assert.equal(enrich(RECORD, fixed, { requestedAtMs }).id, enrich(RECORD, fixed).id);
});

test('two owners’ copies of one indicator are two documents', () => {
  assert.notEqual(enrich({ ...RECORD, id: 1 }).id, enrich({ ...RECORD, id: 2 }).id);
});

/** The same JSON with the keys of every object and every list in reverse order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards).toReversed();
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, backwards(member)] as const);
  return Object.fromEntries(entries.toReversed());
}

/** The same JSON with the keys of every object in reverse order. */
function withKeysBackwards(value: Json): Json {
  if (Array.isArray(value)) return value.map(withKeysBackwards);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    ([key, member]) => [key, withKeysBackwards(member ?? null)] as const,
  );
  return Object.fromEntries(entries.toReversed());
}

test('the order of keys does not change the hash', () => {
  fc.assert(
    fc.property(oddRecord, (text) => {
      const other = JSON.stringify(withKeysBackwards(recordOf(text)));
      assert.equal(hashOf(other), hashOf(text));
    }),
    { numRuns: 1000 },
  );
});

test('the order of a list does not change the hash if it has no meaning', () => {
  const groups = {
    data: [
      { id: 2, name: 'h' },
      { name: 'g', attributes: [{ type: 't' }, { type: 'u' }] },
    ],
  };
  const record = {
    ...RECORD,
    associatedGroups: groups,
    enrichment: { data: [{ a: [1, 2] }, { b: 3 }] },
  };
  assert.equal(hashOf(JSON.stringify(backwards(record))), hashOf(record));
});

test('the same input gives the same id', () => {
  fc.assert(
    fc.property(oddRecord, (text) => assert.deepEqual(enrich(text), enrich(text))),
    { numRuns: 500 },
  );
});

test('a record that is read again gives the same hash', () => {
  const document = documentOf(RECORD);
  assert.equal(at(document, 'event.hash'), hashOf(RECORD));
});
