import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mapRecord, type MappedDocument } from '../../../mapping/map-record.ts';
import type { MappingSettings } from '../../../mapping/mapping-settings.ts';
import { unlessDuplicate, type StoredVersion } from '../../../mapping/duplicate.ts';

const READ_AT = Date.parse('2026-01-31T12:00:00.500Z');
const DAY_MS = 86_400_000;
const SETTINGS: MappingSettings = {
  profile: 'enriched',
  namespace: 'default',
  tags: [],
  iocExpiration: '90d',
  preserveOriginalEvent: false,
  expiry: 'confirmed',
  timestamp: 'modified',
  people: 'keep',
  passwords: 'drop',
};
const RECORD = {
  id: 7,
  type: 'Host',
  hostName: 'bad.example',
  summary: 'bad.example',
  lastModified: '2026-01-30T08:00:00Z',
};

function read(profile: 'enriched' | 'compatible', record: object = RECORD): MappedDocument {
  const mapped = mapRecord(
    JSON.stringify(record).replace('"id":7', '"id":9007199254918487'),
    false,
    { ...SETTINGS, profile, expiry: profile === 'compatible' ? 'fixed' : 'confirmed' },
    { requestedAtMs: READ_AT, feed: 'default', runId: 'run-1' },
  );
  assert.equal(mapped.kind, 'document');
  return mapped;
}

function stored(mapped: MappedDocument, changes: Partial<StoredVersion> = {}): StoredVersion {
  const { eventId: _eventId, ...version } = mapped.version;
  return { ...version, isTombstone: false, ...changes };
}

type Source = {
  '@timestamp': string;
  event: { created?: string; hash?: string };
  threat_connect: { indicator: { id: string } };
};

describe('enriched: a document that is answered 409', () => {
  const mapped = read('enriched');

  test('is not written again if it is the newest version', () => {
    assert.equal(unlessDuplicate(mapped, stored(mapped), 'run-2'), null);
    const earlier = stored(mapped, { createdMs: READ_AT - 1_000 });
    assert.equal(unlessDuplicate(mapped, earlier, 'run-2'), null);
  });

  test('is not written again if it was just written and is not searchable yet', () => {
    assert.equal(unlessDuplicate(mapped, null, 'run-2'), null);
  });

  for (const [what, changes] of [
    ['changed and changed back', { hash: 'v1:other', createdMs: READ_AT - 10 }],
    ['ended and came back', { hash: 'v1:ended', isTombstone: true, createdMs: READ_AT - 10 }],
    ['got another end date', { deletedAtMs: READ_AT + DAY_MS, createdMs: READ_AT - 10 }],
    ['got another date', { timestampMs: READ_AT, createdMs: READ_AT - 10 }],
  ] as const) {
    test(`is written again if the indicator ${what}`, () => {
      const again = unlessDuplicate(mapped, stored(mapped, changes), 'run-2');
      assert.ok(again !== null);
      assert.notEqual(again.id, mapped.id);
      assert.match(again.id, /^[\w-]{20}$/);
      const { threat_connect, event } = JSON.parse(again.source) as Source;
      assert.equal(threat_connect.indicator.id, '9007199254918487');
      assert.equal(event.hash, mapped.version.hash);
      assert.equal(event.created, new Date(READ_AT).toISOString());
    });
  }

  test('is older than a version that another run read later', () => {
    const later = stored(mapped, { hash: 'v1:other', createdMs: READ_AT + 1 });
    assert.equal(unlessDuplicate(mapped, later, 'run-2'), null);
  });

  test('becomes the newest if another version was read in the same millisecond', () => {
    const same = stored(mapped, { hash: 'v1:other', createdMs: READ_AT });
    const again = unlessDuplicate(mapped, same, 'run-2');
    assert.ok(again !== null);
    const { event } = JSON.parse(again.source) as Source;
    assert.equal(event.created, new Date(READ_AT + 1).toISOString());
    assert.equal(again.version.createdMs, READ_AT + 1);
  });

  test('gives the same document in a second attempt of the run, and a different one in another run', () => {
    const other = stored(mapped, { hash: 'v1:other', createdMs: READ_AT - 10 });
    const [first, second, third] = ['run-2', 'run-2', 'run-3'].map((runId) =>
      unlessDuplicate(mapped, other, runId),
    );
    assert.deepEqual(first, second);
    assert.notEqual(first?.id, third?.id);
  });
});

describe('compatible: a document that is answered 409', () => {
  const mapped = read('compatible');

  test('is not written again if another version is newer, as in the integration', () => {
    const other = stored(mapped, { timestampMs: READ_AT });
    assert.equal(unlessDuplicate(mapped, other, 'run-2'), null);
  });

  test('is written over the tombstone if the indicator ended and came back', () => {
    const ended = stored(mapped, { timestampMs: READ_AT, isTombstone: true });
    const again = unlessDuplicate(mapped, ended, 'run-2');
    assert.ok(again !== null);
    assert.notEqual(again.id, mapped.id);
    const source = JSON.parse(again.source) as Source;
    assert.equal(source['@timestamp'], new Date(READ_AT + 1).toISOString());
    assert.equal(source.threat_connect.indicator.id, '9007199254918487');
    assert.equal(source.event.created, undefined);
  });
});
