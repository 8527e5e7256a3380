import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { progressText } from '../../../client/progress-bar.ts';
import type { SyncFeedProgress } from '../../../contracts/progress.ts';
import { NO_COUNTS } from '../../../contracts/window.ts';

function progressOf(read: number, expected: number, pages = 3): SyncFeedProgress {
  return {
    window: { from: null, to: '2026-01-31T12:00:00Z' },
    kind: 'whole',
    slices: [],
    rest: [],
    planned: 1,
    pageSizeMax: 2_000,
    lightPages: 0,
    growAfter: 1,
    absentOwnerIds: [],
    seenOwners: [],
    stream: [],
    keyset: true,
    deepFields: true,
    lanes: 2,
    expected,
    pageSize: 2_000,
    ownerIds: [],
    configHash: 'hash',
    notes: [],
    counts: { ...NO_COUNTS, pages, read },
    late: 0,
    refusedPages: 0,
    attention: [],
    paused: null,
    advanced: null,
  };
}

for (const [read, expected, tookMs, text] of [
  [0, 10_000, 0, '[························]   0%  0 of 10,000 records, 3 pages, 0/s'],
  [0, 10_000, 5_000, '[························]   0%  0 of 10,000 records, 3 pages, 0/s'],
  [
    4_200,
    10_000,
    2_000,
    '[##########··············]  42%  4,200 of 10,000 records, 3 pages, 2,100/s, 3 s left',
  ],
  [29, 100, 1_000, '[#######·················]  29%  29 of 100 records, 3 pages, 29/s, 3 s left'],
  [
    9_999,
    10_000,
    1_000,
    '[########################]  99%  9,999 of 10,000 records, 3 pages, 9,999/s, 1 s left',
  ],
  [
    10_000,
    10_000,
    10_000,
    '[########################] 100%  10,000 of 10,000 records, 3 pages, 1,000/s, 0 s left',
  ],
  [
    12_000,
    10_000,
    10_000,
    '[########################] 100%  12,000 of 12,000 records, 3 pages, 1,200/s, 0 s left',
  ],
  [0, 0, 1_000, '[########################] 100%  0 of 0 records, 3 pages, 0/s'],
] as const) {
  test(`${read} of ${expected} records after ${tookMs} ms are drawn as ${text}`, () => {
    assert.equal(progressText(progressOf(read, expected), tookMs), text);
  });
}

test('every whole per cent is shown as itself', () => {
  for (let percent = 0; percent <= 100; percent += 1) {
    assert.match(progressText(progressOf(percent, 100), 1_000), new RegExp(`\\] +${percent}% `));
  }
});

test('the bar is as wide at any time, and full only at the end', () => {
  const records = fc.nat({ max: 2_000_000 });
  fc.assert(
    fc.property(records, records, fc.nat(), (read, expected, tookMs) => {
      const text = progressText(progressOf(read, expected), tookMs);
      assert.match(text, /^\[#*·*\] [ 1]?[ \d]?\d%  /);
      assert.equal(text.indexOf(']'), 25);
      assert.equal(text.includes('100%'), read >= expected);
      assert.doesNotMatch(text, /NaN|Infinity|-\d/);
    }),
  );
});
