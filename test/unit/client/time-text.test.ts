import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeText } from '../../../client/time-text.ts';
import { plural } from '../../../watch/words.ts';

for (const [seconds, text] of [
  [0, '0 s'],
  [0.2, '1 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7_169, '119 min'],
  [7_200, '2 h'],
  [7_500, '2 h 5 min'],
  [172_700, '47 h 58 min'],
  [172_800, '2 days'],
  [3_000_000, '35 days'],
] as const) {
  test(`${seconds} seconds are ${text}`, () => assert.equal(timeText(seconds), text));
}

for (const [count, text] of [
  [0, '0 pages'],
  [1, '1 page'],
  [2_000, '2,000 pages'],
] as const) {
  test(`${count} of a page are ${text}`, () => assert.equal(plural(count, 'page'), text));
}
