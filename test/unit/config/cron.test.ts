import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CronExpressionParser } from 'cron-parser';
import * as fc from 'fast-check';
import { parseCron } from '../../../config/cron.ts';
import { Fault } from '../../../config/fault.ts';
import type { Calendar } from '../../../contracts/feed.ts';
import { configOf, faultsOf } from './environment.ts';

function calendarsOf(text: string): readonly Calendar[] {
  const cron = parseCron(text);
  assert.ok(!(cron instanceof Fault), text);
  return cron.calendars;
}

test('an expression becomes one calendar', () => {
  assert.deepEqual(calendarsOf('0/30 6 * JAN,dec MON-FRI'), [
    {
      second: [0],
      minute: [0, 30],
      hour: [6],
      dayOfMonth: Array.from({ length: 31 }, (_, index) => index + 1),
      month: [1, 12],
      dayOfWeek: [1, 2, 3, 4, 5],
    },
  ]);
});

test('an expression that restricts both days becomes two calendars, because one of the days is enough', () => {
  const days = calendarsOf('0 9 1,15 * FRI').map(({ dayOfMonth, dayOfWeek }) => [
    dayOfMonth.length,
    dayOfWeek,
  ]);
  assert.deepEqual(days, [
    [2, [0, 1, 2, 3, 4, 5, 6]],
    [31, [5]],
  ]);
});

for (const [text, days] of [
  ['0 0 * * 7', [0]],
  ['0 0 * * 5-7', [0, 5, 6]],
  ['0 0 ? * SUN', [0]],
  ['@weekly', [0]],
  ['@daily', [0, 1, 2, 3, 4, 5, 6]],
] as const) {
  test(`the days of the week of ${text} are ${days.join()}`, () => {
    assert.deepEqual(
      calendarsOf(text).map(({ dayOfWeek }) => dayOfWeek),
      [days],
    );
  });
}

for (const [text, fault] of [
  ['0 6 * *', 'has 4 fields, not five'],
  ['0 0 6 * * *', 'has 6 fields, not five'],
  ['noon', 'has 1 field, not five'],
  ['60 6 * * *', 'has no valid minute: "60"'],
  ['0 24 * * *', 'has no valid hour: "24"'],
  ['0 22-2 * * *', 'has no valid hour: "22-2"'],
  ['0 6 0 * *', 'has no valid day of the month: "0"'],
  ['0 6 * 13 *', 'has no valid month: "13"'],
  ['0 6 * * MON-FRY', 'has no valid day of the week: "MON-FRY"'],
  ['0 6 30 2 *', 'names days that its months do not have'],
  ['0 6 L * *', 'has the day of the month "L", which Temporal cannot express'],
  ['0 6 15W * *', 'has the day of the month "15W", which Temporal cannot express'],
  ['0 6 * * 5L', 'has the day of the week "5L", which Temporal cannot express'],
  ['0 6 * * FRI#2', 'has the day of the week "FRI#2", which Temporal cannot express'],
  ['H 6 * * *', 'has the minute "H", which Temporal cannot express'],
  ['@reboot', 'is not one of @yearly, @monthly, @weekly, @daily, @hourly'],
] as const) {
  test(`"${text}" is refused when the settings are read`, () => {
    assert.deepEqual(faultsOf({ TCSYNC_SYNC_CRON: text }), [
      `TCSYNC_SYNC_CRON: "${text}" ${fault}`,
    ]);
  });
}

test('several expressions are separated by semicolons, and the one with a fault is named', () => {
  const [feed] = configOf({ TCSYNC_SYNC_CRON: ' 0  6 * * *; 30 12 * * SAT ;' }).feeds;
  assert.ok(feed !== undefined && 'crons' in feed.schedule);
  assert.deepEqual(
    feed.schedule.crons.map(({ text }) => text),
    ['0 6 * * *', '30 12 * * SAT'],
  );
  assert.deepEqual(faultsOf({ TCSYNC_SYNC_CRON: '0 6 * * *; 0 25 * * *' }), [
    'TCSYNC_SYNC_CRON: "0 6 * * *; 0 25 * * *" holds "0 25 * * *", which has no valid hour: "25"',
  ]);
  assert.deepEqual(faultsOf({ TCSYNC_SYNC_CRON: ';' }), [
    'TCSYNC_SYNC_CRON: ";" holds no cron expression',
  ]);
});

test('an interval together with cron expressions is one fault', () => {
  assert.deepEqual(faultsOf({ TCSYNC_SYNC_CRON: '0 6 * * *', TCSYNC_SYNC_EVERY: '5m' }), [
    'TCSYNC_SYNC_CRON: is set together with TCSYNC_SYNC_EVERY',
  ]);
});

for (const [given, zone] of [
  ['Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['utc', 'UTC'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
] as const) {
  test(`the time zone ${given} is ${zone}, which Temporal knows`, () => {
    const env = { TCSYNC_SYNC_CRON: '0 6 * * *', TCSYNC_TIMEZONE: given };
    const schedule = configOf(env).feeds[0]?.schedule;
    assert.equal(schedule && 'timezone' in schedule && schedule.timezone, zone);
  });
}

for (const given of ['Europe/Berln', '+01:00', 'Local']) {
  test(`the time zone ${given} is refused when the settings are read`, () => {
    assert.deepEqual(faultsOf({ TCSYNC_TIMEZONE: given }), [
      `TCSYNC_TIMEZONE: "${given}" is no known time zone`,
    ]);
  });
}

test('a time matches a calendar exactly if it matches the expression', () => {
  const part = (least: number, most: number) => {
    const value = fc.integer({ min: least, max: most });
    const range = fc.tuple(value, value).map((pair) => pair.sort((a, b) => a - b).join('-'));
    return fc.oneof(
      { weight: 4, arbitrary: fc.constant('*') },
      { weight: 2, arbitrary: value.map(String) },
      range,
      fc.integer({ min: 2, max: 5 }).map((step) => `*/${step}`),
      fc.uniqueArray(value, { minLength: 2, maxLength: 4 }).map((values) => values.join()),
    );
  };
  const expression = fc
    .tuple(part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 6))
    .map((parts) => parts.join(' '));
  const minute = fc.integer({ min: Date.UTC(2024, 0) / 60_000, max: Date.UTC(2028, 0) / 60_000 });
  fc.assert(
    fc.property(expression, fc.array(minute, { minLength: 20, maxLength: 20 }), (text, minutes) => {
      const expected = CronExpressionParser.parse(text, { tz: 'UTC' });
      for (const each of minutes) {
        const date = new Date(each * 60_000);
        const matches = calendarsOf(text).some(
          (calendar) =>
            calendar.second.includes(0) &&
            calendar.minute.includes(date.getUTCMinutes()) &&
            calendar.hour.includes(date.getUTCHours()) &&
            calendar.dayOfMonth.includes(date.getUTCDate()) &&
            calendar.month.includes(date.getUTCMonth() + 1) &&
            calendar.dayOfWeek.includes(date.getUTCDay()),
        );
        assert.equal(matches, expected.includesDate(date), `${text} at ${date.toISOString()}`);
      }
    }),
  );
});
