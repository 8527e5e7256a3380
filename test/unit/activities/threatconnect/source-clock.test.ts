import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { SourceClock } from '../../../../activities/threatconnect/source-clock.ts';

const T = Date.UTC(2026, 0, 31, 12, 0, 0);

/** A clock whose worker's time can be set. */
function clockAt(workerMs: number) {
  const worker = { ms: workerMs };
  return { worker, clock: new SourceClock(() => worker.ms) };
}

/** The `Date` header of an answer at this time. */
function dateHeader(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}

test('clocks that agree within a header’s whole second are not corrected', () => {
  fc.assert(
    fc.property(fc.nat({ max: 999 }), fc.nat({ max: 5_000 }), (intoSecond, tookMs) => {
      const { clock, worker } = clockAt(T + intoSecond);
      worker.ms += tookMs;
      clock.observe(dateHeader(T + intoSecond + tookMs / 2), T + intoSecond);
      assert.equal(clock.offsetMs, 0);
    }),
  );
});

test('the corrected clock differs from the source’s by at most a second and the time of the request', () => {
  const skew = fc.integer({ min: -86_400_000, max: 86_400_000 });
  fc.assert(
    fc.property(
      skew,
      fc.array(fc.tuple(fc.nat(600_000), fc.nat(2_000), fc.nat(2_000)), { minLength: 1 }),
      (offsetMs, requests) => {
        const { clock, worker } = clockAt(T);
        for (const [pauseMs, thereMs, backMs] of requests) {
          const sentMs = (worker.ms += pauseMs);
          worker.ms += thereMs;
          const header = dateHeader(worker.ms + offsetMs);
          worker.ms += backMs;
          clock.observe(header, sentMs);
          assert.ok(Math.abs(clock.offsetMs - offsetMs) <= 999 + thereMs + backMs);
        }
      },
    ),
  );
});

test('a worker that is ten minutes behind signs with the source’s time', () => {
  const { clock } = clockAt(T);
  clock.observe(dateHeader(T + 600_000), T - 100);
  assert.equal(clock.offsetMs, 600_000);
  assert.equal(clock.nowMs(), T + 600_000);
  assert.equal(clock.workerMs(), T);
});

test('the clock of a worker that is ten minutes ahead is corrected to within the same second', () => {
  const { clock } = clockAt(T);
  clock.observe(dateHeader(T - 600_000), T - 100);
  assert.equal(clock.offsetMs, -600_000 + 999 + 100);
});

for (const header of [undefined, '', 'yesterday', '-5', '7', 'soon 5', '2026-01-31', '0']) {
  test(`the header ${JSON.stringify(header)} is no date and changes no clock`, () => {
    const { clock } = clockAt(T);
    clock.observe(header, T);
    assert.equal(clock.offsetMs, 0);
  });
}

const HOUR = 3_600_000;
for (const [what, header] of [
  ['two days and a second ahead', dateHeader(T + 48 * HOUR + 1_000)],
  ['two days and two seconds behind', dateHeader(T - 48 * HOUR - 2_000)],
  ['at the beginning of the epoch', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ['at the end of the epoch', 'Fri, 31 Dec 9999 23:59:59 GMT'],
] as const) {
  test(`a date ${what} is reported and not used, so that no watermark moves into the future`, () => {
    const { clock } = clockAt(T);
    clock.observe(dateHeader(T + HOUR), T);
    clock.observe(header, T);
    assert.equal(clock.offsetMs, HOUR);
    assert.match(
      clock.disagreement(header) ?? '',
      /^its clock says \d{4}-.*Z, this worker's 2026-01-31T12:00:00.000Z: one of them is wrong$/,
    );
  });
}

for (const offsetMs of [14 * HOUR, -24 * HOUR, 48 * HOUR, -48 * HOUR]) {
  test(`a worker whose clock is ${-offsetMs / HOUR} hours off is corrected without a report`, () => {
    const { clock } = clockAt(T);
    clock.observe(dateHeader(T + offsetMs), T);
    assert.ok(Math.abs(clock.offsetMs - offsetMs) <= 999);
    assert.equal(clock.disagreement(dateHeader(T + offsetMs)), null);
  });
}

test('the clock of the source is known only after its first valid Date header', () => {
  const { clock } = clockAt(T);
  clock.observe(undefined, T);
  clock.observe('yesterday', T);
  assert.equal(clock.isSet, false);
  clock.observe(dateHeader(T), T);
  assert.equal(clock.isSet, true);
  assert.equal(clock.offsetMs, 0);
});

for (const [seconds, isBelieved] of [
  [-290, true],
  [290, true],
  [-310, false],
  [86_400, false],
] as const) {
  test(`a Date ${seconds} s from a signature that was taken is ${isBelieved ? 'the source’s' : 'that of a proxy'}`, () => {
    const clock = new SourceClock(() => 1_000_000_000_000);
    const date = new Date(1_000_000_000_000 + seconds * 1_000).toUTCString();
    clock.observe(date, 1_000_000_000_000, 1_000_000_000_000);
    assert.equal(clock.isSet, isBelieved);
    if (!isBelieved) assert.deepEqual([clock.offsetMs, clock.doubt.sign], [0, 'Date']);
  });
}
