import {
  DAYS_OF_WEEK,
  MONTHS,
  type CalendarSpecDescription,
  type Range,
  type ScheduleSpecDescription,
} from '@temporalio/client';
import type { Calendar, FeedSchedule } from '../contracts/feed.ts';

/** @see `maxCommentLen` in `service/worker/scheduler/calendar.go` of the Temporal server */
const COMMENT_CHARACTERS_MAX = 200;

/** The times of a feed in the form of Temporal. */
export function toTimes(schedule: FeedSchedule): ScheduleSpecDescription {
  if ('everyMs' in schedule) return { intervals: [{ every: schedule.everyMs, offset: 0 }] };
  return {
    calendars: schedule.crons.flatMap(({ text, calendars }) =>
      calendars.map((calendar) => toCalendarSpec(calendar, text)),
    ),
    timezone: schedule.timezone,
  };
}

/** @param text shown in Temporal's UI */
function toCalendarSpec(calendar: Calendar, text: string): CalendarSpecDescription {
  const { second, minute, hour, dayOfMonth, month, dayOfWeek } = calendar;
  return {
    second: toRanges(second, itself),
    minute: toRanges(minute, itself),
    hour: toRanges(hour, itself),
    dayOfMonth: toRanges(dayOfMonth, itself),
    month: toRanges(month, (value) => MONTHS[value - 1] ?? 'JANUARY'),
    year: [],
    dayOfWeek: toRanges(dayOfWeek, (value) => DAYS_OF_WEEK[value] ?? 'SUNDAY'),
    comment: text.slice(0, COMMENT_CHARACTERS_MAX),
  };
}

function itself(value: number): number {
  return value;
}

/**
 * The times of a Schedule in the words of tcsync.yaml, the same for all ways to write the same calendar: `every 5m`, or
 * `0 6 * * MON-FRI; 0 12 * * SAT, time zone Europe/Berlin`. So two Schedules have equal times if the texts are equal.
 */
export function timesText(times: ScheduleSpecDescription): string {
  const { intervals = [], calendars = [], skip = [], jitter, startAt, endAt, timezone } = times;
  const found = [
    ...intervals.map(({ every, offset }) =>
      offset > 0
        ? `every ${durationText(every)} + ${durationText(offset)}`
        : `every ${durationText(every)}`,
    ),
    ...calendars.map(calendarText),
  ].sort();
  return [
    found.length === 0 ? 'never' : found.join('; '),
    ...skip.map((calendar) => `not ${calendarText(calendar)}`).sort(),
    ...(startAt === undefined ? [] : [`from ${startAt.toISOString()}`]),
    ...(endAt === undefined ? [] : [`until ${endAt.toISOString()}`]),
    ...(jitter === undefined || jitter === 0 ? [] : [`jitter ${durationText(jitter)}`]),
    ...(calendars.length + skip.length === 0 ? [] : [`time zone ${timezone || 'UTC'}`]),
  ].join(', ');
}

/** `1d`, `90s`: as in a setting. */
export function durationText(ms: number): string {
  for (const [unit, unitMs] of UNITS_MS) if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms}ms`;
}

const UNITS_MS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A cron expression, and what no such expression can say. */
function calendarText(calendar: CalendarSpecDescription): string {
  const second = valuesOf(calendar.second, itself);
  const year = valuesOf(calendar.year, itself);
  const days = fieldText(valuesOf(calendar.dayOfMonth, itself), 1, 31);
  const weekdays = fieldText(
    valuesOf(calendar.dayOfWeek, (day) => DAYS_OF_WEEK.indexOf(day)),
    0,
    6,
    (day) => DAYS_OF_WEEK[day]?.slice(0, 3) ?? '',
  );
  const months = fieldText(
    valuesOf(calendar.month, (month) => MONTHS.indexOf(month) + 1),
    1,
    12,
    (month) => MONTHS[month - 1]?.slice(0, 3) ?? '',
  );
  return [
    fieldText(valuesOf(calendar.minute, itself), 0, 59),
    fieldText(valuesOf(calendar.hour, itself), 0, 23),
    days,
    months,
    weekdays,
    ...(days === '*' || weekdays === '*' ? [] : ['(only if both days match)']),
    ...(second.join() === '0' ? [] : [`(second ${fieldText(second, 0, 59)})`]),
    ...(year.length === 0 ? [] : [`(year ${fieldText(year, 2000, 2100)})`]),
  ].join(' ');
}

function valuesOf<T>(ranges: readonly Range<T>[], toNumber: (unit: T) => number): number[] {
  const values = new Set<number>();
  for (const { start, end, step } of ranges) {
    for (let value = toNumber(start); value <= toNumber(end); value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

/** @param values ascending */
function fieldText(
  values: readonly number[],
  least: number,
  most: number,
  name: (value: number) => string = String,
): string {
  if (values.length === most - least + 1) return '*';
  const parts = toRanges(values, itself).map(({ start, end, step }) => {
    if (start === end) return name(start);
    if (step === 1) return `${name(start)}-${name(end)}`;
    return start === least && end + step > most
      ? `*/${step}`
      : `${name(start)}-${name(end)}/${step}`;
  });
  return parts.join(',') || 'none';
}

/** @param values ascending */
function toRanges<T>(values: readonly number[], toUnit: (value: number) => T): Range<T>[] {
  const range = (start: number, end: number, step: number) => ({
    start: toUnit(start),
    end: toUnit(end),
    step,
  });
  const [first, second] = values;
  const last = values.at(-1);
  if (first === undefined || last === undefined) return [];
  const step = (second ?? first) - first;
  if (values.length > 2 && values.every((value, index) => value === first + index * step)) {
    return [range(first, last, step)];
  }
  const ranges: Range<T>[] = [];
  for (let index = 0; index < values.length;) {
    let end = index;
    while (values[end + 1] === (values[end] ?? 0) + 1) end += 1;
    const isLong = end - index > 1;
    ranges.push(range(values[index] ?? 0, values[isLong ? end : index] ?? 0, 1));
    index = isLong ? end + 1 : index + 1;
  }
  return ranges;
}
