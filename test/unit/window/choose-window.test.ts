import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { chooseWindow, type WindowInput } from '../../../window/choose-window.ts';
import { BadInputError, SourceContractError } from '../../../contracts/errors.ts';
import { toEpochMs, toInstant } from '../../../contracts/instant.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 31, 12, 0, 0);
const FRIDAY = Date.UTC(2026, 0, 23, 6);
const MONDAY = Date.UTC(2026, 0, 26, 6);
const KNOWN = { watermark: '2026-01-31T11:50:00Z', startsAt: null, sameConfig: true };

const INPUT: WindowInput = {
  sourceMs: NOON + 789,
  offsetMs: 0,
  safetyLagMs: MINUTE,
  overlapMs: 5 * MINUTE,
  initialIntervalMs: null,
  explicit: null,
  slot: null,
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
    'a backfilled slot reads from the slot before it',
    { slot: { atMs: MONDAY, previousMs: FRIDAY } },
    'explicit',
    '2026-01-23T06:00:00Z',
    '2026-01-26T06:00:00Z',
  ],
  [
    'a backfilled slot is shifted to the source’s clock',
    { slot: { atMs: MONDAY, previousMs: FRIDAY }, offsetMs: -10 * MINUTE, known: null },
    'explicit',
    '2026-01-23T05:50:00Z',
    '2026-01-26T05:50:00Z',
  ],
  [
    'a backfilled slot ends now, less the safety lag',
    { slot: { atMs: NOON - 31 * MINUTE, previousMs: FRIDAY }, safetyLagMs: 60 * MINUTE },
    'explicit',
    '2026-01-23T06:00:00Z',
    '2026-01-31T11:00:00Z',
  ],
  [
    'a window that a person asks for has priority over a slot',
    {
      slot: { atMs: MONDAY, previousMs: FRIDAY },
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

test('a slot that ends within the safety lag of its beginning is refused, because its window would be empty', () => {
  const slot = { atMs: NOON - 31 * MINUTE, previousMs: NOON - 36 * MINUTE };
  assert.throws(() => chooseWindow({ ...INPUT, safetyLagMs: 60 * MINUTE, slot }), BadInputError);
});

test('consecutive slots leave no gap, also if the offsets that their runs measure differ by less than a second', () => {
  const offsetMs = fc.integer({ min: -5 * MINUTE, max: 5 * MINUTE });
  const fraction = fc.integer({ min: -999, max: 999 });
  fc.assert(
    fc.property(offsetMs, fraction, (first, more) => {
      const one = { atMs: FRIDAY, previousMs: FRIDAY - 86_400_000 };
      const two = { atMs: MONDAY, previousMs: FRIDAY };
      const { window: a } = chooseWindow({ ...INPUT, offsetMs: first, slot: one });
      const { window: b } = chooseWindow({ ...INPUT, offsetMs: first + more, slot: two });
      assert.ok(b.from !== null && b.from <= a.to);
      assert.ok(toEpochMs(a.to) - toEpochMs(b.from) <= 2_000);
    }),
  );
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
