import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScheduleSpecDescription } from '@temporalio/client';
import { durationText, timesText, toTimes } from '../../../client/schedule-times.ts';
import { parseCron } from '../../../config/cron.ts';
import { Fault } from '../../../config/fault.ts';

function timesOf(...texts: string[]): ScheduleSpecDescription {
  const crons = texts.map((text) => {
    const cron = parseCron(text);
    assert.ok(!(cron instanceof Fault));
    return cron;
  });
  return toTimes({ crons, timezone: 'Europe/Berlin' });
}

for (const [given, shown] of [
  ['0 6 * * 1-5', '0 6 * * MON-FRI'],
  ['*/15 8-18 * * *', '*/15 8-18 * * *'],
  ['5/20 0 1-7,15 * *', '5-45/20 0 1-7,15 * *'],
  ['0 0 1 1,2,3,4,6 *', '0 0 1 JAN-APR,JUN *'],
  ['0 6,18 * * 0,6', '0 6,18 * * SUN,SAT'],
  ['0 9 1 * FRI', '0 9 * * FRI; 0 9 1 * *'],
] as const) {
  test(`the times of ${given} are shown as ${shown}`, () => {
    assert.equal(timesText(timesOf(given)), `${shown}, time zone Europe/Berlin`);
  });
}

test('an interval is shown as in the settings', () => {
  assert.equal(timesText(toTimes({ everyMs: 300_000 })), 'every 5m');
  assert.equal(
    timesText({ intervals: [{ every: 86_400_000, offset: 21_600_000 }] }),
    'every 1d + 6h',
  );
  assert.equal(timesText({}), 'never');
  assert.deepEqual([90_000, 7_200_000, 1_500].map(durationText), ['90s', '2h', '1500ms']);
});

test('equal times have the same text, in whatever order and ranges they are stored', () => {
  const [calendar] = timesOf('0 6 * * MON-FRI').calendars ?? [];
  assert.ok(calendar !== undefined);
  const day = (start: 'MONDAY' | 'WEDNESDAY', end: 'TUESDAY' | 'FRIDAY') => ({
    start,
    end,
    step: 1,
  });
  const stored = {
    calendars: [
      {
        ...calendar,
        comment: 'something else',
        dayOfWeek: [day('WEDNESDAY', 'FRIDAY'), day('MONDAY', 'TUESDAY')],
      },
    ],
    timezone: 'Europe/Berlin',
  };
  assert.equal(timesText(stored), timesText(timesOf('0 6 * * MON-FRI')));
  assert.equal(
    timesText(timesOf('0 6 * * *', '0 7 * * *')),
    timesText(timesOf('0 7 * * *', '0 6 * * *')),
  );
});

test('whatever a cron expression cannot say is shown too', () => {
  const [calendar] = timesOf('0 6 1-7 * *').calendars ?? [];
  assert.ok(calendar !== undefined);
  const monday = [{ start: 'MONDAY', end: 'MONDAY', step: 1 } as const];
  const number = (value: number) => [{ start: value, end: value, step: 1 }];
  const times: ScheduleSpecDescription = {
    calendars: [{ ...calendar, dayOfWeek: monday, second: number(30), year: number(2027) }],
    skip: timesOf('0 6 25 12 *').calendars ?? [],
    startAt: new Date(0),
    endAt: new Date(1),
    jitter: 60_000,
  };
  assert.equal(
    timesText(times),
    '0 6 1-7 * MON (only if both days match) (second 30) (year 2027), not 0 6 25 DEC *, ' +
      'from 1970-01-01T00:00:00.000Z, until 1970-01-01T00:00:00.001Z, jitter 1m, time zone UTC',
  );
});
