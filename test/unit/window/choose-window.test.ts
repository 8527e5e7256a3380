import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { chooseWindow, type WindowInput } from '../../../window/choose-window.ts';
import { BadInputError, SourceContractError } from '../../../contracts/errors.ts';
import { toEpochMs, toInstant } from '../../../contracts/instant.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 31, 12, 0, 0);
const KNOWN = { watermark: '2026-01-31T11:50:00Z', startsAt: null, sameConfig: true };

const INPUT: WindowInput = {
  sourceMs: NOON + 789,
  offsetMs: 0,
  safetyLagMs: MINUTE,
  overlapMs: 5 * MINUTE,
  initialIntervalMs: null,
  syncEveryMs: 5 * MINUTE,
  explicit: null,
  scheduled: null,
  known: KNOWN,
};

for (const [what, changes, kind, from, to] of [
  ['the first run reads everything', { known: null }, 'whole', null, '2026-01-31T11:59:00Z'],
  [
    'the first run reads no further back than TC_INITIAL_INTERVAL',
    { known: null, initialIntervalMs: 86_400_000 },
    'whole',
    '2026-01-30T12:00:00Z',
    '2026-01-31T11:59:00Z',
  ],
  [
    'a first range that is shorter than the safety lag is empty, and does not end before it begins',
    { known: null, initialIntervalMs: MINUTE, safetyLagMs: 10 * MINUTE },
    'whole',
    '2026-01-31T11:50:00Z',
    '2026-01-31T11:50:00Z',
  ],
  [
    'the next run begins an overlap before the watermark',
    {},
    'next',
    '2026-01-31T11:45:00Z',
    '2026-01-31T11:59:00Z',
  ],
  [
    'the overlap does not begin before the start of the feed',
    { known: { ...KNOWN, startsAt: '2026-01-31T11:49:00Z' } },
    'next',
    '2026-01-31T11:49:00Z',
    '2026-01-31T11:59:00Z',
  ],
  [
    'a clock that was set back does not end the window before the watermark',
    { sourceMs: NOON - 12 * MINUTE },
    'next',
    '2026-01-31T11:45:00Z',
    '2026-01-31T11:50:00Z',
  ],
  [
    'a changed configuration reads everything again',
    { known: { ...KNOWN, sameConfig: false } },
    'whole',
    null,
    '2026-01-31T11:59:00Z',
  ],
  [
    'a changed configuration keeps the start of the feed',
    {
      known: { ...KNOWN, sameConfig: false, startsAt: '2026-01-01T00:00:00Z' },
      initialIntervalMs: MINUTE,
    },
    'whole',
    '2026-01-01T00:00:00Z',
    '2026-01-31T11:59:00Z',
  ],
  [
    'a window that a person asks for is read unchanged',
    { explicit: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' } },
    'explicit',
    '2026-01-01T00:00:00Z',
    '2026-01-02T00:00:00Z',
  ],
  [
    'a window without an end ends now, less the safety lag',
    { explicit: { from: '2026-01-01T00:00:00Z', to: null } },
    'explicit',
    '2026-01-01T00:00:00Z',
    '2026-01-31T11:59:00Z',
  ],
  [
    'a window that ends in the future ends now, less the safety lag',
    { explicit: { from: '2026-01-31T11:00:00Z', to: '2027-01-01T00:00:00Z' } },
    'explicit',
    '2026-01-31T11:00:00Z',
    '2026-01-31T11:59:00Z',
  ],
  [
    'a slot that starts on time is a normal run',
    { scheduled: { atMs: NOON, startedMs: NOON + 30 * MINUTE } },
    'next',
    '2026-01-31T11:45:00Z',
    '2026-01-31T11:59:00Z',
  ],
  [
    'a backfilled slot reads its own interval',
    {
      scheduled: { atMs: Date.UTC(2026, 0, 1), startedMs: NOON },
    },
    'explicit',
    '2025-12-31T23:55:00Z',
    '2026-01-01T00:00:00Z',
  ],
  [
    'a backfilled slot is shifted to the source’s clock',
    {
      scheduled: { atMs: Date.UTC(2026, 0, 1), startedMs: NOON },
      offsetMs: -10 * MINUTE,
      known: null,
    },
    'explicit',
    '2025-12-31T23:45:00Z',
    '2025-12-31T23:50:00Z',
  ],
  [
    'a window that a person asks for has priority over a slot',
    {
      scheduled: { atMs: Date.UTC(2026, 0, 1), startedMs: NOON },
      explicit: { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' },
    },
    'explicit',
    '2026-01-05T00:00:00Z',
    '2026-01-06T00:00:00Z',
  ],
] as const) {
  test(what, () => {
    assert.deepEqual(chooseWindow({ ...INPUT, ...changes }), { window: { from, to }, kind });
  });
}

for (const [from, to] of [
  ['2026-01-31T11:59:00Z', null],
  ['2026-01-31T11:59:30Z', '2026-01-31T12:30:00Z'],
  ['2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z'],
  ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
] as const) {
  test(`the empty window from ${from} to ${to} is refused, and does not count as read`, () => {
    assert.throws(() => chooseWindow({ ...INPUT, explicit: { from, to } }), BadInputError);
  });
}

test('a watermark in the future is an error, because nothing would be read until then', () => {
  const known = { ...KNOWN, watermark: '2026-01-31T12:05:01Z' };
  assert.throws(() => chooseWindow({ ...INPUT, known }), SourceContractError);
});

test('a source’s clock is trusted if it is at most five minutes ahead of the worker’s', () => {
  const ends = [4, 5, 6, 60].map((minutes) => {
    const offsetMs = minutes * MINUTE;
    return chooseWindow({ ...INPUT, sourceMs: NOON + offsetMs, offsetMs, known: null }).window.to;
  });
  assert.deepEqual(ends, [
    '2026-01-31T12:03:00Z',
    '2026-01-31T12:04:00Z',
    '2026-01-31T12:04:00Z',
    '2026-01-31T12:04:00Z',
  ]);
});

test('consecutive backfilled slots leave no gap', () => {
  const slot = (atMs: number) =>
    chooseWindow({ ...INPUT, offsetMs: 1_234, scheduled: { atMs, startedMs: NOON } }).window;
  const first = slot(Date.UTC(2026, 0, 1));
  assert.equal(slot(Date.UTC(2026, 0, 1) + INPUT.syncEveryMs).from, first.to);
});

test('a later run begins before the watermark and ends at or after it, at any time of the clock', () => {
  const ms = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) });
  const lengthMs = fc.nat({ max: 7 * 86_400_000 });
  // a watermark further ahead is an error
  const aheadMs = fc.integer({ min: -86_400_000, max: 5 * MINUTE });
  fc.assert(
    fc.property(ms, aheadMs, lengthMs, lengthMs, (nowMs, ahead, overlapMs, safetyLagMs) => {
      const watermark = toInstant(nowMs + ahead);
      const { window } = chooseWindow({
        ...INPUT,
        sourceMs: nowMs,
        overlapMs,
        safetyLagMs,
        known: { ...KNOWN, watermark },
      });
      assert.ok(window.from !== null && window.from <= watermark && watermark <= window.to);
      assert.ok(window.to === watermark || toEpochMs(window.to) <= nowMs - safetyLagMs);
    }),
  );
});
