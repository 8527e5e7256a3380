import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Feed } from '../config/config.ts';
import { assetsWorkflowId, scheduleId, taskQueue } from '../contracts/names.ts';
import type { SyncFeedInput } from '../contracts/sync-feed-input.ts';
import type { reconcileAssets } from '../workflows/reconcile-assets.ts';
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

/** A Schedule as it should be. */
type WantedSchedule = {
  scheduleId: string;
  spec: ReturnType<typeof toTimes>;
  policies: {
    overlap: NonNullable<ScheduleOverlapPolicy>;
    catchupWindow: number;
    pauseOnFailure: boolean;
  };
  action: ScheduleOptions['action'] & { workflowType: string; taskQueue: string };
};

/** Creates or updates a feed's Schedule as the configuration says. A Schedule that a person paused stays paused. */
export async function applyFeedSchedule(
  session: Session,
  feed: Feed,
  dryRun: boolean,
): Promise<ScheduleReport> {
  const attributes = await searchAttributesOf(session, feed.name);
  const wanted = feedSchedule(session.config.program.namespace, feed, attributes);
  return applySchedule(session.temporal, wanted, dryRun);
}

/** Creates or updates the Schedule that reconciles the assets every hour. */
export async function applyAssetsSchedule(
  { temporal, config }: Session,
  dryRun: boolean,
): Promise<ScheduleReport> {
  return applySchedule(temporal, assetsSchedule(config.program.namespace), dryRun);
}

async function applySchedule(
  temporal: Client,
  wanted: WantedSchedule,
  dryRun: boolean,
): Promise<ScheduleReport> {
  const schedule = wanted.scheduleId;
  const handle = temporal.schedule.getHandle(schedule);
  const current = await describe(handle);
  if (current === null) {
    if (dryRun) return { schedule, state: 'missing', changes: [] };
    try {
      await temporal.schedule.create(wanted);
    } catch (error) {
      // another process created it in the meantime: compare with that Schedule
      if (error instanceof ScheduleAlreadyRunning) return applySchedule(temporal, wanted, dryRun);
      throw error;
    }
    return seen({ schedule, state: 'created', changes: [] });
  }
  const changes = differences(current, wanted);
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
      return stored === null ? ['it does not exist'] : differences(stored, wanted);
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

function feedSchedule(namespace: string, feed: Feed, attributes: Attributes): WantedSchedule {
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

const HOUR_MS = 3_600_000;

function assetsSchedule(namespace: string): WantedSchedule {
  return {
    scheduleId: assetsWorkflowId(namespace),
    spec: toTimes({ everyMs: HOUR_MS }),
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: HOUR_MS, // one look after an outage is enough
      pauseOnFailure: false,
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'reconcileAssets',
      workflowId: assetsWorkflowId(namespace),
      taskQueue: taskQueue(namespace),
      args: [{}],
    },
  } satisfies ScheduleOptions & { action: { args: Parameters<typeof reconcileAssets> } };
}

type Attributes = Awaited<ReturnType<typeof searchAttributesOf>>;

/** Sorted, because the order should not depend on the server. */
function shown({
  typedSearchAttributes: given,
}: Pick<ScheduleOptions['action'], 'typedSearchAttributes'>) {
  const pairs = given instanceof TypedSearchAttributes ? given.getAll() : (given ?? []);
  return pairs.map(({ key, value }) => `${key.name}=${String(value)}`).sort();
}

function differences(current: Description, wanted: WantedSchedule): string[] {
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
    ['search attributes', json(shown(action)), json(shown(wanted.action))],
  ];
  return rows
    .filter(([, is, should]) => is !== should)
    .map(([name, is, should]) => `${name}: ${is} → ${should}`);
}
