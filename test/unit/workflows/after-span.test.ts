import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { paceOf, type BackfillProgress } from '../../../contracts/backfill-progress.ts';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import { countSpans, spanAt } from '../../../contracts/span.ts';
import type { SyncFeedResult } from '../../../contracts/sync-feed-input.ts';
import {
  afterFailedSpan,
  afterLook,
  afterSpan,
  isGivenUp,
  lanesOfSpan,
} from '../../../workflows/after-span.ts';

const RANGE = {
  from: '2026-01-01T00:00:00Z',
  to: '2026-01-11T00:00:00Z',
  spanMs: 86_400_000,
};

const START: BackfillProgress = {
  ...RANGE,
  feed: 'default',
  configHash: 'c',
  lanes: 4,
  pageSize: 100,
  resume: false,
  expected: 1_000,
  spans: countSpans(RANGE),
  planned: 0,
  open: [],
  done: 0,
  leftOut: { spans: 0, read: 0 },
  failed: { spans: 0, first: [], inARow: 0 },
  counts: NO_COUNTS,
  late: 0,
  notes: [],
  attention: [],
  paused: null,
  since: { epochMs: 0, read: 0 },
};

const SPANS = Array.from({ length: START.spans }, (_, index) => spanAt(RANGE, index + 1));
const [FIRST, SECOND, THIRD] = SPANS as [never, never, never];

const result = (read: number): SyncFeedResult => ({
  window: { from: RANGE.from, to: RANGE.to },
  configHash: 'c',
  counts: { ...NO_COUNTS, read, pages: 1 },
  late: 0,
  watermark: null,
  notes: ['a note'],
  attention: ['look here'],
});

const failure = ApplicationFailure.nonRetryable('no such owner', 'SourceForbidden');

test('spans that were read before are left out, with their records', () => {
  const look = {
    done: [
      { number: 1, read: 7 },
      { number: 3, read: 5 },
    ],
    keptDays: 3,
  };
  const { open, leftOut, planned, notes } = afterLook(START, SPANS, look);
  assert.deepEqual(
    open.map(({ number }) => number),
    [2, 4, 5, 6, 7, 8, 9, 10],
  );
  assert.deepEqual([leftOut, planned], [{ spans: 2, read: 12 }, 10]);
  assert.match(notes.join(), /3 days/);
});

test('a span that is done leaves its counts, and its sentences once', () => {
  const planned = afterLook(START, SPANS, null);
  const once = afterSpan(planned, FIRST, result(10));
  const twice = afterSpan(once, SECOND, result(20));
  assert.equal(twice.done, 2);
  assert.equal(twice.counts.read, 30);
  assert.equal(twice.open.length, 8);
  assert.deepEqual(twice.notes, ['a note']);
  assert.match(twice.attention.join('\n'), /^2026-01-01T00:00:00Z\.\.2026-01-02T00:00:00Z: look/);
});

test('three failures in a row end it, and one span that is done begins the row anew', () => {
  let state = afterLook(START, SPANS, null);
  for (const span of [FIRST, SECOND]) state = afterFailedSpan(state, span, failure);
  assert.equal(isGivenUp(state), false);
  assert.equal(isGivenUp(afterFailedSpan(state, THIRD, failure)), true);
  const mended = afterSpan(state, THIRD, result(1));
  assert.equal(isGivenUp(afterFailedSpan(mended, THIRD, failure)), false);
  assert.equal(state.failed.first[0]?.reason, 'SourceForbidden: no such owner');
});

test('however many spans fail, few are kept', () => {
  const state = SPANS.reduce((before, span) => afterFailedSpan(before, span, failure), START);
  assert.deepEqual([state.failed.spans, state.failed.first.length], [10, 3]);
});

test('the open spans share the lanes', () => {
  const left = (spans: number) => ({ ...START, done: START.spans - spans });
  assert.equal(lanesOfSpan(left(10)), 1);
  assert.equal(lanesOfSpan(left(2)), 2);
  assert.equal(lanesOfSpan(left(1)), 4);
  assert.equal(lanesOfSpan({ ...left(1), lanes: 1 }), 1);
});

test('the rate counts from the start or the last pause, without spans that were left out', () => {
  const state = {
    ...START,
    counts: { ...NO_COUNTS, read: 300 },
    leftOut: { spans: 1, read: 200 },
    since: { epochMs: 1_000, read: 100 },
  };
  assert.deepEqual(paceOf(state, 3_000), { perSecond: 100, secondsLeft: 5 });
  assert.equal(paceOf({ ...state, paused: 'why' }, 3_000).perSecond, null);
  assert.equal(paceOf(START, 3_000).secondsLeft, null);
});
