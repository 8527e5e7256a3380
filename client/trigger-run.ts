import { setTimeout as sleep } from 'node:timers/promises';
import {
  ScheduleOverlapPolicy,
  type ScheduleDescription,
  type ScheduleHandle,
  type WorkflowHandle,
} from '@temporalio/client';
import { runsUnderWay } from '../activities/temporal/runs.ts';
import { scheduleId } from '../contracts/names.ts';
import { temporalCommand } from '../contracts/temporal-command.ts';
import { isBackfilled } from '../window/is-backfilled.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';
import { CommandError } from './exit-code.ts';
import { placeOf, type Session } from './session.ts';

const LOOK_EVERY_MS = 200;
/** Two triggers within one second are one for Temporal: the second is lost without an error. */
const TRIGGER_AGAIN_MS = 2_000;
const GIVE_UP_MS = 30_000;

type Handle = WorkflowHandle<typeof syncFeed>;

/**
 * The run that reads the feed's latest changes: the one under way, no matter who started it, or else one that the
 * feed's Schedule starts now. The Schedule skips a trigger while a run of its own is under way, so that commands that
 * are given at the same time get the same run.
 *
 * @throws {CommandError} if the Schedule starts none
 */
export async function triggerRun(session: Session, feed: string): Promise<Handle> {
  const { config, temporal } = session;
  const open = await openRun(session, feed);
  if (open !== null) return open;
  const schedule = temporal.schedule.getHandle(scheduleId(config.program.namespace, feed));
  const before = await schedule.describe();
  if (before.state.paused) process.stderr.write(`${pausedText(before)}\n`);
  const known = new Set(runsOf(before).map(({ runId }) => runId));
  const endMs = performance.now() + GIVE_UP_MS;
  for (let round = 1; performance.now() < endMs; round += 1) {
    await schedule.trigger(ScheduleOverlapPolicy.SKIP);
    const started = await startedRun(session, schedule, known);
    const found = started ?? (await openRun(session, feed));
    if (found !== null) return found;
    if (round === 1) {
      process.stderr.write(
        `waiting: Schedule ${schedule.scheduleId} has not started a run yet; it is triggered again\n`,
      );
    }
  }
  throw new CommandError(whyNone(await schedule.describe(), session));
}

/** The run under way without an explicit window; `null` if Temporal lists none. */
async function openRun({ config, temporal }: Session, feed: string): Promise<Handle | null> {
  const runs = await runsUnderWay(temporal, config.program.namespace);
  const found = runs.find((run) => run.feed === feed && !run.isApart);
  if (found === undefined) return null;
  process.stderr.write(`a run of feed ${feed} is under way already: following it\n`);
  return temporal.workflow.getHandle<typeof syncFeed>(found.workflowId);
}

/** Waits for a run of the Schedule that is not `known`; `null` if none begins before the next trigger. */
async function startedRun(
  { temporal }: Session,
  schedule: ScheduleHandle,
  known: ReadonlySet<string>,
): Promise<Handle | null> {
  const endMs = performance.now() + TRIGGER_AGAIN_MS;
  while (performance.now() < endMs) {
    const run = runsOf(await schedule.describe()).find(({ runId }) => !known.has(runId));
    if (run !== undefined) {
      // the result is that of this run, through each continue-as-new
      const options = { firstExecutionRunId: run.runId };
      return temporal.workflow.getHandle<typeof syncFeed>(run.workflowId, undefined, options);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

/** The runs that a Schedule has started lately, without those of backfilled slots. */
function runsOf({ info }: ScheduleDescription): { workflowId: string; runId: string }[] {
  const { recentActions, runningActions } = info;
  const backfilled = new Set(
    recentActions
      .filter(({ scheduledAt, takenAt }) => isBackfilled(scheduledAt.getTime(), takenAt.getTime()))
      .map(({ action }) => action.workflow.firstExecutionRunId),
  );
  return [...recentActions.map(({ action }) => action), ...runningActions]
    .map(({ workflow }) => ({
      workflowId: workflow.workflowId,
      runId: workflow.firstExecutionRunId,
    }))
    .filter(({ runId }) => !backfilled.has(runId));
}

function pausedText({ scheduleId: id, state }: ScheduleDescription): string {
  const why = state.note ? ` (${state.note})` : '';
  return `Schedule ${id} is paused${why}: this run begins, and no further run starts by itself; \`npx tcsync resume --schedule\` changes that`;
}

function whyNone({ scheduleId: id, info }: ScheduleDescription, session: Session): string {
  const [running] = info.runningActions;
  if (running !== undefined) {
    return `Schedule ${id} starts no run while ${running.workflow.workflowId} is under way: try again when that run has ended`;
  }
  const command = temporalCommand(`schedule describe --schedule-id ${id}`, placeOf(session));
  return `Schedule ${id} was triggered and has started no run for ${GIVE_UP_MS / 1_000} s: \`${command}\` shows its state; try again`;
}
