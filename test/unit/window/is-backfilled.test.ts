import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBackfilled } from '../../../window/is-backfilled.ts';

const NOON = Date.UTC(2026, 0, 31, 12);
const MINUTE = 60_000;

for (const [what, startedMs, expected] of [
  ['on time', NOON + 800, false],
  ['at the end of the catch-up window', NOON + 30 * MINUTE, false],
  ['later than that', NOON + 30 * MINUTE + 1, true],
  ['before its slot, by another clock', NOON - MINUTE, false],
] as const) {
  test(`a slot that starts ${what} is ${expected ? '' : 'not '}a backfilled one`, () => {
    assert.equal(isBackfilled(NOON, startedMs), expected);
  });
}
