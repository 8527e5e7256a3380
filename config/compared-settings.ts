import type { Config, Feed } from './config.ts';
import { PROGRAM, SCHEDULE, SELECTION, SINK, SOURCE } from './settings.ts';

/**
 * The settings, by variable, that decide which records are read, from where, to where they are written and in which
 * form. They should be the same in the command line and in the workers. Credentials, the network path, and settings of
 * one process are left out: `test/unit/config/compared-settings.test.ts` has the list.
 */
export function comparedSettings({ source, feeds, sink, program }: Omit<Config, 'worker'>) {
  const ofFeeds = (valueOf: (feed: Feed) => unknown) => feeds.map(valueOf);
  return [
    [SOURCE.url.variable, source.url],
    [SOURCE.accessId.variable, source.accessId],
    [SOURCE.maxBodyBytes.variable, source.maxBodyBytes],
    ['the feeds of tcsync.yaml', ofFeeds(({ name }) => name)],
    ...namesOf(SELECTION).map(
      (name) => [SELECTION[name].variable, ofFeeds((feed) => sorted(feed[name]))] as const,
    ),
    [
      SCHEDULE.everyMs.variable,
      ofFeeds(({ schedule }) => 'everyMs' in schedule && schedule.everyMs),
    ],
    [SCHEDULE.crons.variable, ofFeeds(({ schedule }) => 'crons' in schedule && schedule.crons)],
    [
      SCHEDULE.timezone.variable,
      ofFeeds(({ schedule }) => 'timezone' in schedule && schedule.timezone),
    ],
    [SINK.url.variable, sink.url],
    [SINK.cloudId.variable, sink.cloudId],
    ...namesOf(PROGRAM).map((name) => [PROGRAM[name].variable, program[name]] as const),
  ] as const;
}

function namesOf<Group extends object>(group: Group): (keyof Group)[] {
  return Object.keys(group) as (keyof Group)[];
}

/** The order of owners, types or fields makes no difference. */
function sorted<T>(value: T): T | readonly unknown[] {
  return Array.isArray(value) ? [...(value as string[])].sort() : value;
}
