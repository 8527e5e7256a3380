import { CronExpressionParser } from 'cron-parser';
import type { Calendar, Cron } from '../contracts/feed.ts';
import { Fault, quoted } from './fault.ts';

const FIELDS = ['minute', 'hour', 'day of the month', 'month', 'day of the week'] as const;

export const CRON_FIELDS =
  'minute (0-59), hour (0-23), day of the month (1-31), month (1-12, JAN-DEC), day of the week (0-7, SUN-SAT)';

/** L and W: last day, nearest weekday; #: the second Friday; H: a value that the program chooses. */
const INEXPRESSIBLE = /[LW#H]/i;
const NAMES = /[a-z]{3}/gi;

/**
 * Reads a cron expression of five fields, or a name such as `@daily`. If both days are restricted, a time matches if
 * one of them does; a calendar of Temporal wants all its parts to match, so that such an expression becomes two.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html
 */
export function parseCron(given: string): Cron | Fault {
  const text = given.trim().replaceAll(/\s+/g, ' ');
  if (!text.startsWith('@')) {
    const fault = fieldsFault(text.split(' '));
    if (fault !== null) return fault;
  }
  const expression = parsed(text);
  if (expression === null) {
    return new Fault(
      text.startsWith('@')
        ? 'is not one of @yearly, @monthly, @weekly, @daily, @hourly'
        : 'names days that its months do not have',
    );
  }
  const { second, minute, hour, dayOfMonth, month, dayOfWeek } = expression.fields;
  const calendar: Calendar = {
    second: second.values,
    minute: minute.values,
    hour: hour.values,
    dayOfMonth: dayOfMonth.isWildcard ? ALL_DAYS : dayOfMonth.values.map(Number),
    month: month.values,
    dayOfWeek: dayOfWeek.isWildcard ? WHOLE_WEEK : weekdays(dayOfWeek.values.map(Number)),
  };
  const calendars =
    dayOfMonth.isWildcard || dayOfWeek.isWildcard
      ? [calendar]
      : [
          { ...calendar, dayOfWeek: WHOLE_WEEK },
          { ...calendar, dayOfMonth: ALL_DAYS },
        ];
  return { text, calendars };
}

const ALL_DAYS = Array.from({ length: 31 }, (_, index) => index + 1);
const WHOLE_WEEK = [0, 1, 2, 3, 4, 5, 6];

/** Sunday is 0 and 7. */
function weekdays(values: readonly number[]): number[] {
  return [...new Set(values.map((value) => value % 7))].sort((a, b) => a - b);
}

function fieldsFault(fields: readonly string[]): Fault | null {
  if (fields.length !== FIELDS.length) {
    return new Fault(
      `has ${fields.length === 1 ? '1 field' : `${fields.length} fields`}, not five`,
    );
  }
  for (const [index, name] of FIELDS.entries()) {
    const field = fields[index] ?? '';
    if (INEXPRESSIBLE.test(field.replaceAll(NAMES, ''))) {
      return new Fault(`has the ${name} ${quoted(field)}, which Temporal cannot express`);
    }
    // the library's own messages do not name the field
    const alone = fields.map((_, at) => (at === index ? field : '*')).join(' ');
    if (parsed(alone) === null) return new Fault(`has no valid ${name}: ${quoted(field)}`);
  }
  return null;
}

function parsed(expression: string) {
  try {
    return CronExpressionParser.parse(expression);
  } catch {
    return null; // it throws plain errors, and only about the expression
  }
}
