import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Feed } from '../config/config.ts';
import { scheduleId, taskQueue } from '../contracts/names.ts';
import type { SyncFeedInput } from '../contracts/sync-feed-input.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';
import { readBack } from './read-back.ts';
import { durationText, timesText, toTimes } from './schedule-times.ts';
import { searchAttributesOf } from './create-search-attributes.ts';
import type { Session } from './session.ts';

export type ScheduleReport = {
  schedule: string;
  state: 'ok' | 'created' | 'updated' | 'missing' | 'differs' | 'blocked';
  /** Differences, such as `times: every 1h → every 5m`; if `blocked`, those that remain after the update. */
  changes: string[];
};

/** Creates or updates a feed's Schedule as the configuration says. A Schedule that a person paused stays paused. */
export async function applySchedule(
  session: Session,
  feed: Feed,
  dryRun: boolean,
): Promise<ScheduleReport> {
  const { temporal, config } = session;
  const attributes = await searchAttributesOf(session, feed.name);
  const wanted = toSchedule(config.program.namespace, feed, attributes);
  const schedule = wanted.scheduleId;
  const handle = temporal.schedule.getHandle(schedule);
  const current = await describe(handle);
  if (current === null) {
    if (dryRun) return { schedule, state: 'missing', changes: [] };
    try {
      await temporal.schedule.create(wanted);
    } catch (error) {
      // another process created it in the meantime: compare with that Schedule
      if (error instanceof ScheduleAlreadyRunning) {
        return applySchedule(session, feed, dryRun);
      }
      throw error;
    }
    return seen({ schedule, state: 'created', changes: [] });
  }
  const changes = differences(current, wanted, attributes);
  if (changes.length === 0) return { schedule, state: 'ok', changes };
  if (dryRun) return { schedule, state: 'differs', changes };
  await handle.update((previous) => ({
    ...previous,
    spec: wanted.spec,
    action: wanted.action,
    policies: { ...previous.policies, ...wanted.policies },
  }));
  return seen({ schedule, state: 'updated', changes });

  async function seen(report: ScheduleReport): Promise<ScheduleReport> {
    const look = async () => {
      const stored = await describe(handle);
      return stored === null ? ['it does not exist'] : differences(stored, wanted, attributes);
    };
    const left = await readBack(look, ({ length }) => length === 0);
    return left.length === 0 ? report : { schedule, state: 'blocked', changes: left };
  }
}

type Description = Awaited<ReturnType<ReturnType<Client['schedule']['getHandle']>['describe']>>;

async function describe(handle: { describe(): Promise<Description> }): Promise<Description | null> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

function toSchedule(namespace: string, feed: Feed, attributes: Attributes) {
  const input: SyncFeedInput = { feed: feed.name };
  return {
    scheduleId: scheduleId(namespace, feed.name),
    spec: toTimes(feed.schedule),
    policies: {
      // a skipped run does no harm: the next one starts at the watermark
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: 30 * 60_000,
      pauseOnFailure: false,
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'syncFeed',
      workflowId: scheduleId(namespace, feed.name),
      taskQueue: taskQueue(namespace),
      args: [input],
      ...attributes,
    },
  } satisfies ScheduleOptions & { action: { args: Parameters<typeof syncFeed> } };
}

type Attributes = Awaited<ReturnType<typeof searchAttributesOf>>;

/** Sorted, because the order should not depend on the server. */
function shown({
  typedSearchAttributes: given,
}: Pick<Description['action'], 'typedSearchAttributes'>) {
  const pairs = given instanceof TypedSearchAttributes ? given.getAll() : (given ?? []);
  return pairs.map(({ key, value }) => `${key.name}=${String(value)}`).sort();
}

function differences(
  current: Description,
  wanted: ReturnType<typeof toSchedule>,
  attributes: Attributes,
): string[] {
  const { action, policies, spec } = current;
  const json = JSON.stringify;
  const rows: [name: string, is: string, should: string][] = [
    ['times', timesText(spec), timesText(wanted.spec)],
    ['overlap', policies.overlap ?? 'not set', wanted.policies.overlap],
    [
      'catch-up window',
      durationText(policies.catchupWindow),
      durationText(wanted.policies.catchupWindow),
    ],
    ['pause on failure', json(policies.pauseOnFailure), json(wanted.policies.pauseOnFailure)],
    ['workflow', action.workflowType, wanted.action.workflowType],
    ['task queue', action.taskQueue, wanted.action.taskQueue],
    ['input', json(action.args), json(wanted.action.args)],
    ['search attributes', json(shown(action)), json(shown(attributes))],
  ];
  return rows
    .filter(([, is, should]) => is !== should)
    .map(([name, is, should]) => `${name}: ${is} → ${should}`);
}
