import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { BackfillFeedInput } from '../../../contracts/backfill-feed-input.ts';

const RANGE = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };

const REFUSED: readonly [input: unknown, sentence: RegExp][] = [
  [{}, /from[^]*to/],
  [{ ...RANGE, from: '2026-02-01T00:00:00Z' }, /`from` must be before `to`/],
  [{ ...RANGE, from: 'yesterday' }, /an instant in UTC and whole seconds/],
  [{ ...RANGE, span: '7 days' }, /a duration of whole seconds, such as 7d or 12h/],
  [{ ...RANGE, span: '1500ms' }, /a duration of whole seconds/],
  [{ ...RANGE, span: '0s' }, /a duration of whole seconds/],
  [{ ...RANGE, span: '1s' }, /would have 2678400 spans, and at most 10000/],
  [{ ...RANGE, lanes: 17 }, /lanes/],
  [{ ...RANGE, Resume: true }, /Resume/],
  [[RANGE], /expected object/],
];

for (const [input, sentence] of REFUSED) {
  test(`refuses ${JSON.stringify(input)}`, () => {
    const { error } = BackfillFeedInput.safeParse(input);
    assert.ok(error);
    assert.match(z.prettifyError(error), sentence);
  });
}

test('a range is enough', () => {
  assert.deepEqual(BackfillFeedInput.parse(RANGE), {
    ...RANGE,
    feed: 'default',
    span: '7d',
    resume: false,
  });
});
