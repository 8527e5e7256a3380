import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Deps } from '../activities/attempt/deps.ts';
import { createActivities } from '../activities/index.ts';
import { deploymentName, pagesTaskQueue, taskQueue } from '../contracts/names.ts';

/** Pages that one process reads at a time; as many pollers, so that a lane's next page does not wait for one. */
const PAGES_AT_ONCE = 4;

/**
 * Runs that are held in memory, 1.7 MiB each by the SDK's measure: 51 MiB at most. The default takes a share
 * of the heap's limit, hundreds. One more than these costs a replay of its history, 4,101 events at most.
 */
const RUNS_CACHED = 30;

/**
 * One thread runs workflow code, a task takes milliseconds: more at once would only wait for it. One of the
 * pollers asks the queue for new runs, the others for the next steps of those that are held.
 */
const WORKFLOW_TASKS_AT_ONCE = 10;
const WORKFLOW_POLLERS = 4;

/** Small activities ask ThreatConnect, too: more of them would only wait for their turn (TC_REQUESTS_PER_SECOND). */
const SMALL_ACTIVITIES_AT_ONCE = 10;
const SMALL_ACTIVITY_POLLERS = 2;

type Options = Required<
  Pick<WorkerOptions, 'namespace' | 'identity' | 'interceptors' | 'sinks'>
> & {
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
      maxCachedWorkflows: RUNS_CACHED,
      maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS_AT_ONCE,
      workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: WORKFLOW_POLLERS },
      activities,
      maxConcurrentActivityTaskExecutions: SMALL_ACTIVITIES_AT_ONCE,
      activityTaskPollerBehavior: { type: 'simple-maximum', maximum: SMALL_ACTIVITY_POLLERS },
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
