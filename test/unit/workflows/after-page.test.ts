import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SyncFeedProgress, SyncPageResult } from '../../../contracts/sync-feed.ts';
import { NO_COUNTS } from '../../../contracts/window.ts';
import { afterPage, BEGINNING } from '../../../workflows/after-page.ts';

const SLICE = {
  from: null,
  to: '2026-01-31T10:00:00Z',
  ownerIds: null,
  settledBefore: '2026-01-31T09:55:00Z',
};
const STATE: SyncFeedProgress = {
  window: { from: null, to: '2026-01-31T10:00:00Z' },
  kind: 'whole',
  slices: [SLICE, { ...SLICE, ownerIds: ['7'] }],
  expected: 1_000,
  pageSize: 100,
  ownerIds: ['1'],
  configHash: 'hash',
  notes: [],
  position: BEGINNING,
  counts: NO_COUNTS,
  late: 0,
  refusedPages: 0,
  attention: [],
};

function page(changes: Partial<SyncPageResult> = {}): SyncPageResult {
  return {
    counts: { pages: 1, read: 100, created: 90, duplicate: 4, rejected: 6 },
    position: { cursor: '100', read: 100, settledRead: 100, again: false },
    ended: null,
    tooManyRejects: false,
    ...changes,
  };
}

const refused = page({
  counts: { pages: 1, read: 100, created: 10, duplicate: 0, rejected: 90 },
  tooManyRejects: true,
});

test('a page in the middle of a slice moves the cursor and adds up', () => {
  const state = afterPage(afterPage(STATE, page()), page());
  assert.equal(state.position.cursor, '100');
  assert.deepEqual(state.counts, {
    pages: 2,
    read: 200,
    created: 180,
    duplicate: 8,
    rejected: 12,
  });
  assert.deepEqual(state.slices, STATE.slices);
});

describe('the end of a slice', () => {
  test('of which all was read brings the next one, from its beginning', () => {
    const state = afterPage(STATE, page({ ended: { missing: 0, settledMissing: 0 } }));
    assert.deepEqual(state.slices, STATE.slices.slice(1));
    assert.deepEqual(state.position, BEGINNING);
  });

  test('in which more is counted than was read brings the slice once more', () => {
    const state = afterPage(STATE, page({ ended: { missing: 3, settledMissing: 3 } }));
    assert.deepEqual(state.slices, STATE.slices);
    assert.deepEqual(state.position, { ...BEGINNING, again: true });
  });

  const again = { ...STATE, position: { ...BEGINNING, again: true } };

  test('in which only young records are missing for the second time leaves them to the overlap', () => {
    const state = afterPage(again, page({ ended: { missing: 3, settledMissing: 0 } }));
    assert.equal(state.late, 3);
    assert.deepEqual(state.slices, STATE.slices.slice(1));
  });

  test('in which settled records are missing for the second time fails the run', () => {
    assert.throws(() => afterPage(again, page({ ended: { missing: 3, settledMissing: 1 } })), {
      type: 'SourceContract',
      nonRetryable: true,
    });
  });
});

describe('pages of which too much is rejected', () => {
  test('two in a row go on, and a person is told', () => {
    const state = afterPage(afterPage(STATE, refused), refused);
    assert.equal(state.refusedPages, 2);
    assert.equal(state.attention.length, 2);
    assert.match(state.attention[1] ?? '', /90 of 100 records of page 2/);
  });

  test('the third in a row fails the run', () => {
    const state = afterPage(afterPage(STATE, refused), refused);
    assert.throws(() => afterPage(state, refused), { type: 'TooManyRejects', nonRetryable: true });
  });

  test('a good one in between starts the count anew', () => {
    const state = [refused, refused, page(), refused, refused].reduce(afterPage, STATE);
    assert.equal(state.refusedPages, 2);
    assert.equal(state.attention.length, 4);
  });

  test('many of them do not make the history grow without end', () => {
    const pages = Array.from({ length: 60 }, (_, index) => (index % 3 === 2 ? page() : refused));
    assert.equal(pages.reduce(afterPage, STATE).attention.length, 10);
  });

  test('of an older worker, that says nothing of it, count as good', () => {
    const { tooManyRejects: _, ...older } = refused;
    assert.equal(afterPage({ ...STATE, refusedPages: 2 }, older).refusedPages, 0);
  });
});
