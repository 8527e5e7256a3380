import type { Config, Feed } from './config.ts';
import { FEED, PROGRAM, SINK, SOURCE } from './settings.ts';

/**
 * What decides what is read, from where, where it is written and in which form, by the variables that say so.
 * Both the command line and the workers have it, and it should be the same in both. Left out are credentials, the
 * way through the network, and what belongs to a process alone: `test/unit/config/compared-settings.test.ts` has
 * the list.
 */
export function comparedSettings({ source, feeds, sink, program }: Omit<Config, 'worker'>) {
  const ofFeeds = (valueOf: (feed: Feed) => unknown) => feeds.map(valueOf);
  return [
    [SOURCE.url.variable, source.url],
    [SOURCE.accessId.variable, source.accessId],
    [SOURCE.maxBodyBytes.variable, source.maxBodyBytes],
    ['the feeds of tcsync.yaml', ofFeeds(({ name }) => name)],
    ...namesOf(FEED).map(
      (name) => [FEED[name].variable, ofFeeds((feed) => sorted(feed[name]))] as const,
    ),
    [SINK.url.variable, sink.url],
    [SINK.cloudId.variable, sink.cloudId],
    ...namesOf(PROGRAM).map((name) => [PROGRAM[name].variable, program[name]] as const),
  ] as const;
}

function namesOf<Group extends object>(group: Group): (keyof Group)[] {
  return Object.keys(group) as (keyof Group)[];
}

/** Another order of owners, types or fields is no other setting. */
function sorted<T>(value: T): T | readonly unknown[] {
  return Array.isArray(value) ? [...(value as string[])].sort() : value;
}
