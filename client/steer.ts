import {
  type Client,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import {
  pause as pauseSignal,
  resume as resumeSignal,
  tune as tuneUpdate,
} from '../contracts/messages.ts';
import { scheduleId } from '../contracts/names.ts';
import type { Tuning } from '../contracts/tuning.ts';
import { progressOf } from '../watch/look-at-run.ts';
import { runsUnderWay, type Run } from '../activities/temporal/runs.ts';
import { number } from '../watch/words.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { findFeed, hasWorker, requireWorker, withSession, type Session } from './session.ts';
import { toCommandError } from './workflow-error.ts';

/** The result for each run, or for the Schedule. Printed with `--json` as `{ steered: Steered[] }`. */
type Steered = { id: string; did: string; detail: string | null };

type Target = {
  /** Name of the feed; `null`: the only feed, or `default`. */
  feed: string | null;
  /** Workflow id of one run; `null`: all open runs of the feed. */
  run: string | null;
  json: boolean;
};

const HOLDS = 'it stops at the next page boundary, and stays paused even if the worker ends';

const OVER: Done = { did: 'ended', detail: 'it had already ended' };

/** Pauses runs at the next page boundary; with `schedule`, keeps the Schedule from starting new runs instead. */
export function pause(
  target: Target,
  { reason, schedule }: { reason: string; schedule: boolean },
): Promise<ExitCode> {
  if (schedule) {
    return steerSchedule(target, async (handle) => {
      await handle.pause(reason);
      return { did: 'paused', detail: 'no new runs start; open runs continue' };
    });
  }
  return steerRuns(target, async (temporal, id) => {
    await temporal.workflow.getHandle(id).signal(pauseSignal, reason);
    return { did: 'paused', detail: HOLDS };
  });
}

export function resume(target: Target, { schedule }: { schedule: boolean }): Promise<ExitCode> {
  if (schedule) {
    return steerSchedule(target, async (handle) => {
      await handle.unpause();
      return { did: 'resumed', detail: null };
    });
  }
  return steerRuns(target, async (temporal, id) => {
    await temporal.workflow.getHandle(id).signal(resumeSignal);
    return { did: 'resumed', detail: null };
  });
}

/** Aborts the open pages and waits until the progress is saved. */
export function cancel(target: Target): Promise<ExitCode> {
  return steerRuns(target, async (temporal, id, session) => {
    const handle = temporal.workflow.getHandle(id);
    await handle.cancel();
    if (!(await hasWorker(session))) {
      return {
        did: 'asked',
        detail: 'no worker is polling; the run ends as soon as a worker polls',
      };
    }
    process.stderr.write(`${id} was asked to end; Ctrl-C ends only the wait\n`);
    try {
      await handle.result();
      return OVER;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure)) {
        throw toCommandError(id, error);
      }
    }
    return { did: 'cancelled', detail: await whatIsKept(temporal, id) };
  });
}

/** Changes the page size or the number of lanes of open runs, from now on. */
export function tune(target: Target, tuning: Tuning): Promise<ExitCode> {
  return steerRuns(target, async (temporal, id, session) => {
    await requireWorker(session); // without a worker the update would wait forever
    try {
      const { pageSize, lanes } = await temporal.workflow
        .getHandle(id)
        .executeUpdate(tuneUpdate, { args: [tuning] });
      return { did: 'tuned', detail: `${number(pageSize)} records a page, ${lanes} lanes` };
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      throw new CommandError(`${id}: ${error.cause?.message ?? error.message}`);
    }
  });
}

type Done = Omit<Steered, 'id'>;

function steerRuns(
  { feed: name, run, json }: Target,
  steer: (temporal: Client, id: string, session: Session) => Promise<Done>,
): Promise<ExitCode> {
  return withSession(async (session) => {
    const { config, temporal } = session;
    const feed = findFeed(config, name).name;
    const ids = run === null ? await idsUnderWay(session, feed) : [run];
    if (ids.length === 0) {
      throw new CommandError(
        `feed ${feed} has no open run; with --schedule, \`pause\` and \`resume\` act on the Schedule`,
      );
    }
    const steered: Steered[] = [];
    const errors: unknown[] = [];
    for (const id of ids) {
      try {
        steered.push({ id, ...(await steer(temporal, id, session)) });
      } catch (error) {
        // continues, so that the other runs also get the command
        if (!(error instanceof WorkflowNotFoundError)) errors.push(error);
        else if (run === null) steered.push({ id, ...OVER });
        else errors.push(new CommandError(`${id} is not an open run`));
      }
    }
    const exitCode = print(steered, json);
    if (errors.length > 0) throw errors[0];
    return exitCode;
  });
}

/** All open runs and backfills of the feed, no matter who started them and under which id. */
async function idsUnderWay({ config, temporal }: Session, feed: string): Promise<string[]> {
  const runs = await runsUnderWay(temporal, config.program.namespace);
  const ids = new Set(runs.map(({ workflowId }) => workflowId));
  // a backfill passes every message on to the runs of its spans
  const isSteered = ({ parentId }: Run) => parentId !== null && ids.has(parentId);
  return runs
    .filter((run) => run.feed === feed && !isSteered(run))
    .map(({ workflowId }) => workflowId);
}

function steerSchedule(
  { feed: name, json }: Target,
  steer: (handle: ReturnType<Client['schedule']['getHandle']>) => Promise<Done>,
): Promise<ExitCode> {
  return withSession(async ({ config, temporal }) => {
    const id = scheduleId(config.program.namespace, findFeed(config, name).name);
    const done = await steer(temporal.schedule.getHandle(id));
    return print([{ id: `Schedule ${id}`, ...done }], json);
  });
}

function print(steered: readonly Steered[], json: boolean): ExitCode {
  const rows = steered.map(
    ({ id, did, detail }) => `${did.padEnd(10)} ${id}${detail === null ? '' : `: ${detail}`}\n`,
  );
  process.stdout.write(json ? `${JSON.stringify({ steered })}\n` : rows.join(''));
  return EXIT.ok;
}

async function whatIsKept(temporal: Client, id: string): Promise<string | null> {
  const reached = await progressOf(temporal, id);
  if (reached === null) return null;
  const { counts, expected, kind } = reached;
  const read = `${number(counts.read)} of ${number(expected)} records are read`;
  if (kind === 'explicit') return `${read}; an explicit window is read again from its beginning`;
  return counts.read === 0 ? read : `${read}; the feed's next run continues after them`;
}
