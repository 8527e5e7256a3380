import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SyncPageResult } from '../../../contracts/activities.ts';
import { BEGINNING, type SyncFeedProgress } from '../../../contracts/progress.ts';
import { NO_COUNTS } from '../../../contracts/window.ts';
import { afterPage } from '../../../workflows/after-page.ts';

const SLICE = {
  from: null,
  to: '2026-01-31T10:00:00Z',
  ownerIds: null,
  settledBefore: '2026-01-31T09:55:00Z',
};
const STATE: SyncFeedProgress = {
  window: { from: null, to: '2026-01-31T10:00:00Z' },
  kind: 'whole',
  slices: [
    { number: 1, slice: SLICE, position: BEGINNING },
    { number: 2, slice: { ...SLICE, ownerIds: ['7'] }, position: BEGINNING },
  ],
  planned: 2,
  pageSizeMax: 100,
  lightPages: 0,
  keyset: true,
  deepFields: true,
  rest: [],
  expected: 1_000,
  pageSize: 100,
  lanes: 2,
  ownerIds: ['1'],
  configHash: 'hash',
  notes: [],
  counts: NO_COUNTS,
  late: 0,
  refusedPages: 0,
  attention: [],
  paused: null,
  advanced: null,
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

/** A page of the first slice. */
function after(state: SyncFeedProgress, given: SyncPageResult): SyncFeedProgress {
  return afterPage(state, 1, given, state.pageSize);
}

const refused = page({
  counts: { pages: 1, read: 100, created: 10, duplicate: 0, rejected: 90 },
  tooManyRejects: true,
});

test('a page in the middle of a slice moves the cursor and adds up', () => {
  const state = after(after(STATE, page()), page());
  assert.equal(state.slices[0]?.position.cursor, '100');
  assert.deepEqual(state.counts, {
    pages: 2,
    read: 200,
    created: 180,
    duplicate: 8,
    rejected: 12,
  });
  assert.deepEqual(state.slices[1], STATE.slices[1]);
});

describe('the end of a slice', () => {
  test('of which all was read takes it away, and no other', () => {
    const state = after(STATE, page({ ended: { missing: 0, settledMissing: 0 } }));
    assert.deepEqual(state.slices, STATE.slices.slice(1));
  });

  test('in which more is counted than was read brings the slice once more', () => {
    const state = after(STATE, page({ ended: { missing: 3, settledMissing: 3 } }));
    assert.deepEqual(state.slices[0]?.position, { ...BEGINNING, again: true });
    assert.deepEqual(state.slices[1], STATE.slices[1]);
  });

  const again = (ended: SyncPageResult['ended']) =>
    page({ position: { cursor: '100', read: 100, settledRead: 100, again: true }, ended });

  test('in which only young records are missing for the second time leaves them to the overlap', () => {
    const state = after(STATE, again({ missing: 3, settledMissing: 0 }));
    assert.equal(state.late, 3);
    assert.deepEqual(state.slices, STATE.slices.slice(1));
  });

  test('in which settled records are missing for the second time fails the run', () => {
    assert.throws(() => after(STATE, again({ missing: 3, settledMissing: 1 })), {
      type: 'SourceContract',
      nonRetryable: true,
    });
  });
});

describe('pages of which too much is rejected', () => {
  test('two in a row go on, and a person is told', () => {
    const state = after(after(STATE, refused), refused);
    assert.equal(state.refusedPages, 2);
    assert.equal(state.attention.length, 2);
    assert.match(state.attention[1] ?? '', /90 of 100 records of page 2/);
  });

  test('the third in a row fails the run', () => {
    const state = after(after(STATE, refused), refused);
    assert.throws(() => after(state, refused), { type: 'TooManyRejects', nonRetryable: true });
  });

  test('a good one in between starts the count anew', () => {
    const state = [refused, refused, page(), refused, refused].reduce(after, STATE);
    assert.equal(state.refusedPages, 2);
    assert.equal(state.attention.length, 4);
  });

  test('many of them do not make the history grow without end', () => {
    const pages = Array.from({ length: 60 }, (_, index) => (index % 3 === 2 ? page() : refused));
    assert.equal(pages.reduce(after, STATE).attention.length, 10);
  });

  test('of an older worker, that says nothing of it, count as good', () => {
    const { tooManyRejects: _, ...older } = refused;
    assert.equal(after({ ...STATE, refusedPages: 2 }, older).refusedPages, 0);
  });
});

describe('the size of pages', () => {
  test('is what came through where a page was too heavy', () => {
    assert.equal(after(STATE, page({ pageSize: 13 })).pageSize, 13);
  });

  test('doubles after two pages that came through, up to what was configured', () => {
    let state = after(STATE, page({ pageSize: 30 }));
    const sizes = Array.from({ length: 6 }, () => {
      state = after(state, page({ pageSize: state.pageSize }));
      return state.pageSize;
    });
    assert.deepEqual(sizes, [30, 60, 60, 100, 100, 100]);
  });

  test('of a lane that was asked for before another one failed does not make it larger', () => {
    const smaller = after(STATE, page({ pageSize: 7 }));
    assert.equal(afterPage(smaller, 2, page({ pageSize: 50 }), 100).pageSize, 7);
  });
});
