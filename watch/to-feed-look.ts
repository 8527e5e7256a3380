import type { Look } from './look.ts';
import type { StoredFeed } from './look-at-elasticsearch.ts';
import type { RunLook } from './look-at-run.ts';
import type { ScheduleLook } from './look-at-schedule.ts';
import type { FailedRuns } from './look-at-temporal.ts';
import { valueOf } from './tried.ts';

/** The state of one feed; `null` for a part that could not be read. */
export type FeedLook = {
  name: string;
  stored: StoredFeed | null;
  openRejects: number | null;
  /** UUIDs of the backing indices of the data stream. */
  stream: string[] | null;
  temporal: {
    schedule: ScheduleLook | null;
    /** Open runs, the oldest first. */
    running: RunLook[];
    failed: FailedRuns | null;
  } | null;
};

export function toFeedLook({ elasticsearch, temporal }: Look, name: string): FeedLook {
  const stored = valueOf(elasticsearch);
  const seen = valueOf(temporal);
  const nothing: StoredFeed = { name, state: null, unfinished: null };
  return {
    name,
    stored: stored && (stored.feeds?.find((each) => each.name === name) ?? nothing),
    openRejects: (stored && valueOf(stored.openRejects)?.get(name)) ?? null,
    stream: stored && valueOf(stored.stream),
    temporal: seen && {
      schedule: seen.schedules.get(name) ?? null,
      running: seen.running.filter((run) => run.feed === name),
      failed: seen.failed.get(name) ?? null,
    },
  };
}
