import type { Client } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time.js';
import { pagesTaskQueue, taskQueue } from '../contracts/names.ts';

/** A process that polls a task queue. */
export type Poller = {
  /** `<process>@<host>`, and the code of its settings. */
  identity: string;
  /** ISO 8601 */
  seenAt: string;
};

export type WorkersLook = {
  pollers: Poller[];
  /** Task queues without a poller. */
  deserted: string[];
};

/** `TaskQueueType` of Temporal's API. */
const WORKFLOWS = 1;
const ACTIVITIES = 2;

/**
 * A poll waits for 60 s and is then sent again, so a worker that was not seen for longer than this has ended. The
 * server lists it for five minutes.
 */
const GONE_MS = 90_000;

/** The workers of a namespace: one queue has workflows and small activities, the other one has pages. */
export async function lookAtWorkers(temporal: Client, namespace: string): Promise<WorkersLook> {
  const queue = taskQueue(namespace);
  const wanted = [
    [queue, WORKFLOWS],
    [queue, ACTIVITIES],
    [pagesTaskQueue(queue), ACTIVITIES],
  ] as const;
  const polled = await Promise.all(
    wanted.map(async ([name, type]) => ({ name, pollers: await pollersOf(temporal, name, type) })),
  );
  const pollers = new Map<string, Poller>();
  for (const poller of polled.flatMap((each) => each.pollers)) {
    const other = pollers.get(poller.identity);
    if (other === undefined || other.seenAt < poller.seenAt) pollers.set(poller.identity, poller);
  }
  const deserted = polled.filter((each) => each.pollers.length === 0).map(({ name }) => name);
  return { pollers: [...pollers.values()], deserted: [...new Set(deserted)] };
}

async function pollersOf(temporal: Client, name: string, taskQueueType: number): Promise<Poller[]> {
  const { pollers } = await temporal.workflowService.describeTaskQueue({
    namespace: temporal.options.namespace,
    taskQueue: { name },
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the client does not export the enum
    taskQueueType,
  });
  return (pollers ?? []).flatMap(({ identity, lastAccessTime }) => {
    const seen = optionalTsToDate(lastAccessTime);
    if (identity == null || seen === undefined || Date.now() - seen.getTime() > GONE_MS) return [];
    return [{ identity, seenAt: seen.toISOString() }];
  });
}
