import { addCounts, NO_COUNTS } from '../../../contracts/counts.ts';
import { recordsOfSlice } from '../../../window/slice-size.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';

test('the sum of two pages has every count; one that an earlier version did not have is 0', () => {
  const a = {
    pages: 1,
    read: 15,
    created: 7,
    duplicate: 2,
    rejected: 1,
    ended: 1,
    inactive: 4,
  };
  assert.deepEqual(
    addCounts(a, { pages: 1, read: 100, created: 70, duplicate: 20, rejected: 10 }),
    {
      pages: 2,
      read: 115,
      created: 77,
      duplicate: 22,
      rejected: 11,
      ended: 1,
      inactive: 4,
    },
  );
  assert.deepEqual(addCounts(a, NO_COUNTS), a);
});

const run = { unplanned: 80_000, lanes: 2, pageSize: 1_000, keyset: true };

for (const [title, change, records] of [
  ['a lane has three more slices planned', {}, 13_334],
  ['the last slices are small, so that lanes end together', { unplanned: 15_000 }, 2_500],
  ['a slice has two pages at least', { unplanned: 3_000 }, 2_000],
  ['one lane needs no small slices', { lanes: 1 }, 50_000],
  ['a slice has 50,000 records at most', { unplanned: 1_000_000 }, 50_000],
  ['a lower limit holds for one lane', { lanes: 1, sliceRecords: 30 }, 30],
  ['a lower limit holds for several lanes', { sliceRecords: 30 }, 30],
  ['without `id >` a slice is one page', { keyset: false }, 1_000],
] as const) {
  test(title, () => assert.equal(recordsOfSlice({ ...run, ...change }), records));
}
