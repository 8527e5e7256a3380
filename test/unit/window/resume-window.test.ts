import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedState, Unfinished } from '../../../contracts/feed-state.ts';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import { takeOver, toResume } from '../../../window/resume-window.ts';
import type { SyncFeedProgress } from '../../../contracts/progress.ts';

const SLICE = {
  from: null,
  to: '2026-01-31T10:00:00Z',
  ownerIds: null,
  settledBefore: '2026-01-31T09:55:00Z',
};

const PROGRESS: SyncFeedProgress = {
  window: { from: null, to: '2026-01-31T10:00:00Z' },
  kind: 'whole',
  slices: [
    {
      number: 4,
      slice: SLICE,
      position: {
        cursor: '9007199254740993',
        read: 2_000,
        settledRead: 1_999,
        pass: 1,
        hidden: false,
      },
    },
  ],
  rest: [{ ...SLICE, count: 7 }],
  planned: 5,
  expected: 9_000,
  pageSize: 500,
  pageSizeMax: 2_000,
  lightPages: 1,
  growAfter: 1,
  absentOwnerIds: [],
  seenOwners: [],
  stream: [],
  lanes: 2,
  keyset: true,
  deepFields: true,
  ownerIds: ['1', '2'],
  configHash: 'hash',
  notes: ['an old note'],
  counts: { ...NO_COUNTS, pages: 3, read: 6_000, created: 6_000 },
  late: 1,
  refusedPages: 2,
  attention: ['look at this'],
  paused: null,
  advanced: null,
};

const UNFINISHED: Unfinished = {
  feed: 'default',
  run_id: 'run-1',
  saved_at: '2026-01-31T10:05:00.000Z',
  progress: PROGRESS,
};

const STATE: FeedState = {
  feed: 'default',
  watermark: '2026-01-31T09:59:59Z',
  starts_at: null,
  owner_ids: ['1', '2'],
  seen_owners: [],
  stream: ['index-1'],
  config_hash: 'hash',
  last_run: null,
};
const NOW = '2026-01-31T10:05:00Z';
const SAME = { configHash: 'hash', stream: ['index-1'] };

test('a run continues the saved window of an earlier run with the same configuration', () => {
  for (const state of [null, STATE]) {
    const { progress, note } = toResume(UNFINISHED, state, NOW, SAME);
    assert.equal(progress, PROGRESS);
    assert.match(note ?? '', /2026-01-31T10:00:00Z.*run-1.*6000 of 9000/);
  }
});

test('a saved cursor of another configuration is dropped, and the run says so', () => {
  const { progress, note } = toResume(UNFINISHED, null, NOW, { ...SAME, configHash: 'other' });
  assert.equal(progress, null);
  assert.match(note ?? '', /^ConfigChanged: run run-1/);
});

test('progress of a deleted data stream is dropped, and the run says so', () => {
  const written = { ...UNFINISHED, progress: { ...PROGRESS, stream: ['index-0', 'index-1'] } };
  assert.notEqual(toResume(written, null, NOW, SAME).progress, null);
  const { progress, note } = toResume(written, null, NOW, { ...SAME, stream: ['index-2'] });
  assert.equal(progress, null);
  assert.match(note ?? '', /a data stream that no longer exists/);
});

test('a saved window that another run has read meanwhile is not read again', () => {
  const state = { ...STATE, watermark: PROGRESS.window.to };
  assert.deepEqual(toResume(UNFINISHED, state, NOW, SAME), { progress: null, note: null });
});

test('a saved window whose commit would not move the watermark is dropped, because every run would resume it again', () => {
  const window = { from: '2026-01-31T09:55:00Z', to: PROGRESS.window.to };
  const next: Unfinished = { ...UNFINISHED, progress: { ...PROGRESS, kind: 'next', window } };
  assert.notEqual(toResume(next, STATE, NOW, SAME).progress, null);
  for (const state of [null, { ...STATE, watermark: '2026-01-31T09:54:59Z' }]) {
    const { progress, note } = toResume(next, state, NOW, SAME);
    assert.equal(progress, null);
    assert.match(note ?? '', /does not follow the committed windows/);
  }
});

test('a saved window is dropped if the source’s clock was set back, so that it ends in the future', () => {
  const { progress, note } = toResume(UNFINISHED, null, '2026-01-31T09:59:59Z', SAME);
  assert.equal(progress, null);
  assert.match(note ?? '', /a clock went back/);
});

test('progress of another version is not used, and the run says so', () => {
  const { progress, note } = toResume('unreadable', null, NOW, SAME);
  assert.equal(progress, null);
  assert.match(note ?? '', /another version/);
});

test('without saved progress the run has no note', () => {
  assert.deepEqual(toResume(null, null, NOW, SAME), { progress: null, note: null });
});

test('the run takes over cursors, counts, notes, and the owners that were not read completely', () => {
  const saved = { ...PROGRESS, ownerIds: ['1', '2', '4'], absentOwnerIds: ['4'] };
  const { resumed, slices, rest, ownerIds, window, kind } = takeOver(saved, ['2', '3', '4']);
  assert.deepEqual(resumed, {
    slices: PROGRESS.slices,
    planned: 5,
    counts: PROGRESS.counts,
    late: 1,
    refusedPages: 2, // otherwise every run would accept two more such pages
    attention: ['look at this'],
    absentOwnerIds: ['1', '4'],
  });
  assert.deepEqual(slices, [SLICE]);
  assert.deepEqual(
    { rest, window, kind, ownerIds },
    { rest: PROGRESS.rest, window: PROGRESS.window, kind: 'whole', ownerIds: ['1', '2', '4'] },
  );
});
