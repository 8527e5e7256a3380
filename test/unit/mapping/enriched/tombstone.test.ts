import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { textOf } from '../../../../mapping/exact-json.ts';
import {
  toTombstone,
  type Ending,
  type GreatestStored,
} from '../../../../mapping/enriched/tombstone.ts';
import { at, recordOf, TC } from '../compatible/map.ts';
import { documentOf, RECORDS } from './enrich.ts';

const DAY_MS = 86_400_000;
const ASKED_AT = Date.parse('2026-06-20T10:00:00.250Z');
const RECORD = {
  ...RECORDS[3],
  id: 700_003,
  active: false,
  tags: { data: [{ name: 'a' }] },
  associatedGroups: { data: [{ name: 'g' }] },
};
const DOCUMENT = documentOf(RECORD);
const STORED: GreatestStored = {
  timestampMs: Date.parse('2026-06-09T21:00:11Z'),
  createdMs: Date.parse('2026-06-15T12:34:56.789Z'),
};
const ENDING: Ending = {
  action: 'deactivated',
  feed: 'default',
  runId: 'run-2',
  askedAtMs: ASKED_AT,
  sinkNowMs: ASKED_AT + 60_000,
};

function tombstone(ending: Partial<Ending> = {}, stored: Partial<GreatestStored> = {}) {
  return toTombstone(DOCUMENT, { ...STORED, ...stored }, { ...ENDING, ...ending });
}

function documentAt(path: string, ...parameters: Parameters<typeof tombstone>) {
  return at(recordOf(tombstone(...parameters).source), path);
}

describe('a tombstone', () => {
  test('has exactly these fields', () => {
    const { source } = tombstone();
    assert.deepEqual(recordOf(source), {
      '@timestamp': '2026-06-09T21:00:11.001Z',
      ecs: DOCUMENT.ecs,
      data_stream: DOCUMENT.data_stream,
      event: {
        kind: 'enrichment',
        category: ['threat'],
        type: ['deletion'],
        dataset: 'ti_threatconnect.indicator',
        module: 'ti_threatconnect',
        id: 'bad.example.net',
        action: 'deactivated',
        reason: 'inactive in ThreatConnect',
        created: '2026-06-20T10:00:00.250Z',
        hash: documentAt('event.hash'),
      },
      tcsync: {
        feed: 'default',
        run_id: 'run-2',
        identity: at(DOCUMENT, 'tcsync.identity'),
      },
      threat_connect: {
        indicator: {
          id: '700003',
          type: 'Host',
          summary: 'bad.example.net',
          owner: at(DOCUMENT, `${TC}.owner`),
          last_modified: '2026-06-09T21:00:11.000Z',
          active: { value: false },
          deleted_at: '2026-06-20T09:55:00.250Z',
        },
      },
    });
    assert.match(textOf(documentAt('event.hash')) ?? '', /^v1:[0-9a-f]{64}$/);
    assert.notEqual(documentAt('event.hash'), at(DOCUMENT, 'event.hash'));
  });

  test('has an id of its content, its times and its run', () => {
    const { id, source } = tombstone();
    const parts = [`${TC}.id`, 'event.hash', '@timestamp', `${TC}.deleted_at`].map((path) =>
      textOf(at(recordOf(source), path)),
    );
    const digest = createHash('sha256')
      .update([...parts, 'run-2'].join('\0'))
      .digest();
    assert.equal(id, digest.subarray(0, 15).toString('base64url'));
    assert.equal(tombstone().id, id);
    assert.notEqual(tombstone({ runId: 'run-3' }).id, id);
  });

  test('has ended 5 minutes before the earlier of both clocks', () => {
    const path = `${TC}.deleted_at`;
    const earlier = ASKED_AT - 60 * 60_000;
    assert.equal(documentAt(path, { sinkNowMs: earlier }), '2026-06-20T08:55:00.250Z');
    assert.equal(documentAt(path, { sinkNowMs: ASKED_AT + DAY_MS }), '2026-06-20T09:55:00.250Z');
  });

  test('is newer than every stored version, whatever the clock says', () => {
    const later = { createdMs: ASKED_AT + DAY_MS, timestampMs: ASKED_AT + 2 * DAY_MS };
    assert.equal(documentAt('event.created', {}, later), '2026-06-21T10:00:00.251Z');
    assert.equal(documentAt('@timestamp', {}, later), '2026-06-22T10:00:00.251Z');
    const earlier = { createdMs: null, timestampMs: 0 };
    assert.equal(documentAt('event.created', {}, earlier), '2026-06-20T10:00:00.250Z');
    assert.equal(documentAt('@timestamp', {}, earlier), '2026-06-09T21:00:11.000Z');
  });

  for (const [action, reason] of [
    ['deleted', 'deleted in ThreatConnect'],
    ['deactivated', 'inactive in ThreatConnect'],
    ['deselected', 'no longer selected by feed default'],
  ] as const) {
    test(`of what was ${action} says so`, () => {
      assert.equal(documentAt('event.action', { action }), action);
      assert.equal(documentAt('event.reason', { action }), reason);
    });
  }
});
