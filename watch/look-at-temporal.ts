import type { Client } from '@temporalio/client';
import type { FailureType } from '../contracts/failures.ts';
import { scheduleId, taskQueue } from '../contracts/names.ts';
import { lookAtRun, type RunLook } from './look-at-run.ts';
import { lookAtAssets, type AssetsLook, type LastReconciliation } from './look-at-assets.ts';
import { lookAtSchedule, type ScheduleLook } from './look-at-schedule.ts';
import { whyEnded, type Reason } from './reason.ts';
import {
  runsEnded,
  runsUnderWay,
  type EndedRun,
  type KnownInputs,
} from '../activities/temporal/runs.ts';
import { lookAtWorkers, type WorkersLook } from './workers.ts';

/**
 * Runs of a feed that have failed since its last successful run. Runs that were refused because another one was under
 * way are left out: they say nothing about the health of the two systems.
 */
export type FailedRuns = {
  workflowId: string;
  count: number;
  /** True if the count is the number of runs that were looked at, so that there may be more. */
  isLeast: boolean;
  /** When the first of them ended, ISO 8601. */
  since: string;
  /** When the last of them ended. */
  until: string;
  /** Failure of the last one. */
  reason: Reason;
};

export type TemporalLook = {
  workers: WorkersLook;
  /** Schedule of each feed; `null` if it has none. */
  schedules: Map<string, ScheduleLook | null>;
  /** Ids of Schedules of the namespace that belong to no configured feed. */
  otherSchedules: string[];
  /** Open runs, the oldest first; also of feeds that are not configured. */
  running: RunLook[];
  /** Failed runs of each feed whose last run has failed. */
  failed: Map<string, FailedRuns>;
  assets: AssetsLook;
};

/** What never changes about a run, by run id; kept between two looks. */
export type KnownRuns = {
  inputs: KnownInputs;
  reasons: Map<string, Reason>;
  reconciliations: Map<string, LastReconciliation>;
};

export function noKnownRuns(): KnownRuns {
  return { inputs: new Map(), reasons: new Map(), reconciliations: new Map() };
}

const REFUSED: FailureType = 'RunUnderWay';

/** Number of ended runs per feed that are looked at to count the failed ones. */
const ENDED_OF_FEED = 20;
const ENDED_MAX = 200;

/**
 * Looks at workers, Schedules and runs; changes nothing.
 * @throws Temporal's error if it does not answer one of the questions
 */
export async function lookAtTemporal(
  temporal: Client,
  namespace: string,
  feeds: readonly string[],
  known = noKnownRuns(),
): Promise<TemporalLook> {
  const most = Math.min(ENDED_OF_FEED * feeds.length, ENDED_MAX);
  const [workers, schedules, otherSchedules, runs, ended, assets] = await Promise.all([
    lookAtWorkers(temporal, namespace),
    lookAtSchedules(temporal, namespace, feeds),
    listOthers(temporal, namespace, feeds),
    runsUnderWay(temporal, namespace, known.inputs),
    runsEnded(temporal, namespace, most, known.inputs),
    lookAtAssets(temporal, namespace, known.reconciliations),
  ]);
  const hasWorker = !workers.deserted.includes(taskQueue(namespace));
  const running = await Promise.all(runs.map((run) => lookAtRun(temporal, run, hasWorker)));
  const failed = new Map<string, FailedRuns>();
  for (const feed of feeds) {
    const ofFeed = ended.filter((run) => run.feed === feed);
    const row = await failedInARow(temporal, ofFeed, ended.length === most, known);
    if (row !== null) failed.set(feed, row);
  }
  return {
    workers,
    schedules,
    otherSchedules,
    running: running.filter((run) => run !== null),
    failed,
    assets,
  };
}

async function lookAtSchedules(
  temporal: Client,
  namespace: string,
  feeds: readonly string[],
): Promise<Map<string, ScheduleLook | null>> {
  const looks = feeds.map(
    async (feed) => [feed, await lookAtSchedule(temporal, scheduleId(namespace, feed))] as const,
  );
  return new Map(await Promise.all(looks));
}

async function listOthers(
  temporal: Client,
  namespace: string,
  feeds: readonly string[],
): Promise<string[]> {
  const own = new Set(feeds.map((feed) => scheduleId(namespace, feed)));
  const others: string[] = [];
  for await (const { scheduleId: id, action } of temporal.schedule.list()) {
    const isOfNamespace =
      id.startsWith(scheduleId(namespace, '')) && action?.workflowType === 'syncFeed';
    if (isOfNamespace && !own.has(id)) others.push(id);
  }
  return others.sort();
}

/** @param ended runs of one feed, newest first */
async function failedInARow(
  temporal: Client,
  ended: readonly EndedRun[],
  isCut: boolean,
  known: KnownRuns,
): Promise<FailedRuns | null> {
  const success = ended.findIndex(({ hasFailed }) => !hasFailed);
  const reasoned = await Promise.all(
    (success < 0 ? ended : ended.slice(0, success)).map(async (run) =>
      Object.assign(run, { reason: await reasonOf(temporal, run, known) }),
    ),
  );
  const failed = reasoned.filter(({ reason }) => reason.type !== REFUSED);
  const [last] = failed;
  const first = failed.at(-1);
  if (last === undefined || first === undefined) return null;
  return {
    workflowId: last.workflowId,
    count: failed.length,
    isLeast: isCut && success < 0,
    since: first.endedAt,
    until: last.endedAt,
    reason: last.reason,
  };
}

async function reasonOf(
  temporal: Client,
  run: Pick<EndedRun, 'workflowId' | 'runId'>,
  { reasons }: KnownRuns,
): Promise<Reason> {
  const reason = reasons.get(run.runId) ?? (await whyEnded(temporal, run));
  reasons.set(run.runId, reason);
  return reason;
}
