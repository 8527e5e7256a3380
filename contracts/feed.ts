/**
 * A named selection of an instance's indicators. Empty lists and a missing filter select everything that is visible.
 */
export type Feed = {
  name: string;
  /** Owner names. */
  owners: readonly string[];
  /** Indicator types, `Address`, `URL` … */
  types: readonly string[];
  /** The operator's own TQL filter. */
  tql: string | null;
  /** Optional parts that are requested with each record, as in the API's parameter `fields`. */
  fields: readonly string[];
  schedule: FeedSchedule;
};

/** When runs start: at an interval, or at the times of all cron expressions together. */
export type FeedSchedule = { everyMs: number } | { crons: readonly Cron[]; timezone: string };

/** A cron expression, and the calendars that together have its times. */
export type Cron = { text: string; calendars: readonly Calendar[] };

/** A time matches if all of its parts match. Months are 1 to 12; days of the week 0 to 6, from Sunday. */
export type Calendar = Readonly<
  Record<'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek', readonly number[]>
>;

/** An owner as ThreatConnect names it: an organization, a community or a source. */
export type Owner = { id: string; name: string };
