import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Deps } from '../activities/deps.ts';
import { createActivities } from '../activities/index.ts';
import { deploymentName, pagesTaskQueue, taskQueue } from '../contracts/names.ts';

/** Pages that one process reads at a time. */
const PAGES_AT_ONCE = 4;

type Options = Required<Pick<WorkerOptions, 'namespace' | 'interceptors'>> & {
  connection: NativeConnection;
  /** Path of the workflow bundle. */
  codePath: string;
  /** `null`: no worker versioning. */
  buildId: string | null;
};

/** One worker for each task queue of a namespace: workflows and small activities, and pages. */
export async function createWorkers(
  deps: Deps,
  { codePath, buildId, ...options }: Options,
): Promise<readonly [Worker, Worker]> {
  const { syncPage, ...activities } = createActivities(deps);
  const queue = taskQueue(deps.settings.namespace);
  const common = {
    ...options,
    ...(buildId !== null && {
      workerDeploymentOptions: versionOf(deps.settings.namespace, buildId),
    }),
    // a page under way may end; a container has 30 s as a rule before it is killed, and what is cut short is
    // still to be reported, so that another worker goes on at once
    shutdownGraceTime: '20 seconds',
    shutdownForceTime: '25 seconds',
    // a page costs seconds: after a crash little of what was beaten may be lost
    maxHeartbeatThrottleInterval: '5 seconds',
  } as const;
  return [
    await Worker.create({
      ...common,
      taskQueue: queue,
      workflowBundle: { codePath },
      activities,
    }),
    await Worker.create({
      ...common,
      taskQueue: pagesTaskQueue(queue),
      activities: { syncPage },
      maxConcurrentActivityTaskExecutions: PAGES_AT_ONCE,
    }),
  ];
}

/** A run stays with the build that it began with, over continue-as-new too: no change of the code can break it. */
function versionOf(namespace: string, buildId: string) {
  return {
    useWorkerVersioning: true,
    version: { deploymentName: deploymentName(namespace), buildId },
    defaultVersioningBehavior: 'PINNED',
  } as const;
}

/**
 * Runs workers until all have ended. Where one fails the others are shut down.
 * @throws what the first of them failed with
 */
export async function runAll(workers: readonly Worker[]): Promise<void> {
  const stopOthers = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const ends = await Promise.allSettled(workers.map((worker) => worker.run().finally(stopOthers)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
