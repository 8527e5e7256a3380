import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import type { SyncPageResult } from '../../../contracts/activities.ts';
import {
  BEGINNING,
  type SlicePosition,
  type SyncFeedProgress,
} from '../../../contracts/progress.ts';
import { afterPage } from '../../../workflows/after-page.ts';
import { ownersOf, toWritten } from '../../../workflows/to-progress.ts';

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
  growAfter: 1,
  absentOwnerIds: [],
  seenOwners: [],
  stream: [],
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
    position: { cursor: '100', read: 100, settledRead: 100, pass: 1, hidden: false },
    ended: null,
    tooManyRejects: false,
    pageSize: STATE.pageSize,
    leftOut: 0,
    absentOwnerIds: [],
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
    ended: 0,
    inactive: 0,
  });
  assert.deepEqual(state.slices[1], STATE.slices[1]);
});

describe('the end of a slice', () => {
  const ended = (missing: number, settledMissing = Math.max(missing, 0)) =>
    page({ ended: { missing, settledMissing } });
  const inPass = (pass: number, changes: Partial<SlicePosition> = {}): SyncFeedProgress => {
    const [slice, ...others] = STATE.slices;
    assert.ok(slice !== undefined);
    return {
      ...STATE,
      slices: [{ ...slice, position: { ...BEGINNING, pass, ...changes } }, ...others],
    };
  };

  test('removes that slice and no other if all its records were read', () => {
    assert.deepEqual(after(STATE, ended(0)).slices, STATE.slices.slice(1));
  });

  for (const [what, missing] of [
    ['more', 3],
    ['less, because records have left the slice or are hidden, and others may be missing', -3],
  ] as const) {
    test(`lists the ids of the slice if ${what} is counted than was read`, () => {
      const state = after(STATE, ended(missing));
      assert.deepEqual(state.slices[0]?.position, { ...BEGINNING, pass: 2 });
      assert.deepEqual(state.slices[1], STATE.slices[1]);
    });
  }

  test('lists the ids of the slice if an owner was absent, whatever the count is', () => {
    const state = after(inPass(1, { hidden: true }), ended(0));
    assert.deepEqual(state.slices[0]?.position, { ...BEGINNING, pass: 2 });
  });

  test('is checked again if a record did not arrive by its id, and at last fails the run', () => {
    const leftOut = { ...ended(0), leftOut: 1 };
    assert.deepEqual(after(STATE, leftOut).slices[0]?.position, { ...BEGINNING, pass: 2 });
    assert.deepEqual(after(inPass(2), leftOut).slices[0]?.position, { ...BEGINNING, pass: 3 });
    const later = after(STATE, page({ leftOut: 1 }));
    assert.deepEqual(after(later, ended(0)).slices[0]?.position, { ...BEGINNING, pass: 2 });
    assert.throws(() => after(inPass(4), leftOut), {
      message: /does not return them when they are asked for/,
    });
  });

  test('is done after its ids were listed, even if the count is lower', () => {
    for (const missing of [0, -3]) {
      assert.deepEqual(after(inPass(2), ended(missing)).slices, STATE.slices.slice(1));
    }
  });

  test('leaves records that are still missing to the overlap if they are young', () => {
    const state = after(inPass(2), ended(3, 0));
    assert.equal(state.late, 3);
    assert.deepEqual(state.slices, STATE.slices.slice(1));
  });

  test('lists the ids again if settled records are missing, and at last fails the run', () => {
    assert.equal(after(inPass(2), ended(3, 1)).slices[0]?.position.pass, 3);
    assert.equal(after(inPass(3), ended(3, 1)).slices[0]?.position.pass, 4);
    assert.throws(() => after(inPass(4), ended(3, 1)), {
      type: 'SourceContract',
      nonRetryable: true,
    });
  });
});

describe('an absent owner', () => {
  const state = after(STATE, page({ absentOwnerIds: ['1'] }));

  test('is not requested any more, and not committed as read', () => {
    assert.deepEqual(state.absentOwnerIds, ['1']);
    assert.match(state.notes.join(), /do not count as read \(ids\): 1/);
    assert.deepEqual(state.attention, []);
    const apart = after({ ...STATE, kind: 'explicit' }, page({ absentOwnerIds: ['1'] }));
    assert.match(
      apart.attention.join(),
      /do not count as read/,
      'nobody reads it again by himself',
    );
    assert.deepEqual(ownersOf(state), { ids: [], all: false });
    assert.deepEqual(toWritten(state).ownerIds, []);
  });

  test('makes the run check every open slice until the end of its pass', () => {
    assert.deepEqual(
      state.slices.map(({ position }) => position.hidden),
      [true, true],
    );
    const later = after(state, page());
    assert.equal(later.slices[0]?.position.hidden, true);
    const proving = after(later, page({ ended: { missing: 0, settledMissing: 0 } }));
    assert.deepEqual(proving.slices[0]?.position, { ...BEGINNING, pass: 2 });
  });
});

describe('pages with too many rejects', () => {
  test('two in a row do not stop the run, and a person is told', () => {
    const state = after(after(STATE, refused), refused);
    assert.equal(state.refusedPages, 2);
    assert.equal(state.attention.length, 2);
    assert.match(state.attention[1] ?? '', /90 of 100 records of page 2/);
  });

  test('the third in a row fails the run', () => {
    const state = after(after(STATE, refused), refused);
    assert.throws(() => after(state, refused), { type: 'TooManyRejects', nonRetryable: true });
  });

  test('a good page in between resets the count', () => {
    const state = [refused, refused, page(), refused, refused].reduce(after, STATE);
    assert.equal(state.refusedPages, 2);
    assert.equal(state.attention.length, 4);
  });

  test('many of them do not make the history grow without limit', () => {
    const pages = Array.from({ length: 60 }, (_, index) => (index % 3 === 2 ? page() : refused));
    assert.equal(pages.reduce(after, STATE).attention.length, 10);
  });
});

describe('the size of pages', () => {
  test('becomes the size that succeeded after a page was too heavy', () => {
    assert.equal(after(STATE, page({ pageSize: 13 })).pageSize, 13);
  });

  /** The sizes of pages in order, if the source can send at most `most` records. */
  const sizesUnder = (most: number, pages: number): number[] => {
    let state = STATE;
    return Array.from({ length: pages }, () => {
      const { pageSize } = state;
      let reached = pageSize;
      while (reached > most) reached = Math.ceil(reached / 2);
      state = after(state, page({ pageSize: reached }));
      return pageSize;
    });
  };

  test('doubles with each page that succeeds, up to the configured size', () => {
    let state = after(STATE, page({ pageSize: 13 }));
    const sizes = Array.from({ length: 5 }, () => {
      state = after(state, page({ pageSize: state.pageSize }));
      return state.pageSize;
    });
    assert.deepEqual(sizes, [26, 52, 100, 100, 100]);
  });

  test('that is always too heavy is tried less and less often', () => {
    const tooLarge = sizesUnder(60, 300).filter((size) => size > 60).length;
    assert.ok(tooLarge <= 10, String(tooLarge));
  });

  test('does not grow by a page that another lane requested before the failure', () => {
    const smaller = after(STATE, page({ pageSize: 7 }));
    assert.equal(afterPage(smaller, 2, page({ pageSize: 50 }), 100).pageSize, 7);
  });
});
