import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCounts, NO_COUNTS } from '../../../contracts/window.ts';

test('every count of two pages is in their sum', () => {
  const a = { pages: 1, read: 10, created: 7, duplicate: 2, rejected: 1 };
  assert.deepEqual(
    addCounts(a, { pages: 1, read: 100, created: 70, duplicate: 20, rejected: 10 }),
    {
      pages: 2,
      read: 110,
      created: 77,
      duplicate: 22,
      rejected: 11,
    },
  );
  assert.deepEqual(addCounts(a, NO_COUNTS), a);
});
