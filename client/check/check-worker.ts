import { Client, ScheduleNotFoundError } from '@temporalio/client';
import { temporalCommand } from '../../contracts/temporal-command.ts';
import { pagesTaskQueue, scheduleId, taskQueue } from '../../contracts/names.ts';
import type { Checklist, Head } from './checklist.ts';
import { ok, warning } from './step.ts';
import { CALL_MS, placeOf, type TemporalSession } from './check-temporal.ts';

export const NEEDS = ['Temporal', 'Temporal namespace'];

export const WORKER: Head = {
  name: 'worker',
  subject: 'whether a worker polls',
  trouble: 'no worker polls',
  needs: NEEDS,
};

/** Replaces the steps of all Schedules if the feeds are not known. */
export const SCHEDULES = { name: 'Schedules', subject: 'the Schedules of the feeds' };

function scheduleStep(feed: string): Head {
  return {
    name: `Schedule ${feed}`,
    subject: `the Schedule of feed ${feed}`,
    trouble: `the Schedule of feed ${feed} does not exist`,
    needs: NEEDS,
  };
}

/** `TaskQueueType` of Temporal's API. */
export const WORKFLOWS = 1;
const ACTIVITIES = 2;

/** Checks both task queues: one for workflows and small activities, one for pages. */
export async function checkWorker(
  list: Checklist,
  session: TemporalSession | null,
  namespace: string,
): Promise<void> {
  await list.take(WORKER, async () => {
    const queue = taskQueue(namespace);
    const pages = pagesTaskQueue(queue);
    const deserted: string[] = [];
    if (!(await isPolled(session, queue, WORKFLOWS))) deserted.push(queue);
    if (!(await isPolled(session, pages, ACTIVITIES))) deserted.push(pages);
    if (deserted.length === 0) return ok(`a worker polls ${queue} and ${pages}`);
    return warning(
      `no worker polls ${deserted.join(' and ')}`,
      'Start one with `npx tcsync worker`; a worker that has just ended is still counted for minutes.',
    );
  });
}

async function isPolled(
  session: TemporalSession | null,
  name: string,
  taskQueueType: number,
): Promise<boolean> {
  return (await pollersOf(session, name, taskQueueType)).length > 0;
}

export async function pollersOf(
  session: TemporalSession | null,
  name: string,
  taskQueueType: number,
) {
  const { connection, namespace } = connected(session);
  const { pollers } = await connection.withDeadline(Date.now() + CALL_MS, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the client does not export the enum
      taskQueueType,
    }),
  );
  return pollers ?? [];
}

/** Checks the Schedule, which starts the runs of a feed. */
export async function checkSchedule(
  list: Checklist,
  session: TemporalSession | null,
  namespace: string,
  feed: string,
): Promise<void> {
  await list.take(scheduleStep(feed), async () => {
    const { connection, namespace: temporalNamespace } = connected(session);
    const client = new Client({ connection, namespace: temporalNamespace });
    const id = scheduleId(namespace, feed);
    try {
      const { state, info } = await connection.withDeadline(Date.now() + CALL_MS, () =>
        client.schedule.getHandle(id).describe(),
      );
      if (state.paused) {
        return warning(
          `Schedule ${id} is paused${state.note ? `: ${state.note}` : ''}; no run starts by itself`,
          `To continue it: ${temporalCommand(`schedule toggle --unpause --schedule-id ${id}`, placeOf(connected(session)))}`,
        );
      }
      const next = info.nextActionTimes[0]?.toISOString() ?? 'unknown';
      return ok(`Schedule ${id} starts the next run at ${next}`);
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      return warning(
        `Schedule ${id} does not exist; no run starts by itself`,
        'Run `npx tcsync apply` while a worker runs: it creates the Schedule.',
      );
    }
  });
}

export function connected(session: TemporalSession | null): TemporalSession {
  if (session === null) throw new TypeError('the step needs a connection');
  return session;
}
