import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimate } from '../../../client/plan/estimate.ts';
import { sizeText } from '../../../client/plan/plan-text.ts';

const SLICE = {};

/** 10 ms until the first record, 1 ms per record, 1 kB each. */
const OPENED = {
  slices: [],
  rest: [],
  expected: 0,
  pageSize: 1_000,
  lanes: 2,
  keyset: true,
  requestsPerSecond: 10,
  countMs: 10,
  sample: { records: 100, meanBytes: 1_000, tookMs: 110 },
};

test('a small window is one slice, its pages and three counts', () => {
  const { slices, pages, requests, bytes } = estimate({
    ...OPENED,
    slices: [SLICE],
    expected: 1_500,
  });
  assert.deepEqual(
    { slices, pages, requests, bytes },
    { slices: 1, pages: 2, requests: 5, bytes: 1_500_000 },
  );
});

test('a large window is cut into slices of 50,000 records at most, the last ones small', () => {
  const few = estimate({ ...OPENED, rest: [{ count: 30_000 }], expected: 30_000 });
  assert.equal(few.slices, 9); // four of 5,000, four of 2,000 and one
  assert.equal(few.pages, 30);
  const many = estimate({ ...OPENED, rest: [{ count: 1_000_000 }], expected: 1_000_000 });
  assert.equal(many.slices, 32); // 16 of 50,000, then four each of 33,334, 11,111, 3,704 and 2,000
  assert.equal(many.pages, 1_000);
});

test('lanes share the time of the answers, but not the limit of requests', () => {
  const whole = { ...OPENED, rest: [{ count: 1_000_000 }], expected: 1_000_000 };
  const two = estimate(whole);
  const four = estimate({ ...whole, lanes: 4 });
  assert.equal(two.limit, 'answers');
  assert.equal(two.seconds, 506); // (1,000,000 × 1 ms + 1,066 × 10 ms) / 2
  assert.equal(four.seconds, 253);
  const slow = estimate({ ...whole, lanes: 4, requestsPerSecond: 1 });
  assert.equal(slow.limit, 'requests');
  assert.equal(slow.seconds, slow.requests);
});

test('if there is nothing to read, nothing is estimated', () => {
  const { slices, pages, bytes, seconds } = estimate({ ...OPENED, sample: null });
  assert.deepEqual(
    { slices, pages, bytes, seconds },
    { slices: 0, pages: 0, bytes: null, seconds: null },
  );
});

for (const [bytes, text] of [
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [9_949, '9.9 kB'],
  [9_950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [38_000_000, '38 MB'],
  [4_200_000_000_000_000, '4200 TB'],
] as const) {
  test(`${bytes} bytes are ${text}`, () => assert.equal(sizeText(bytes), text));
}
