import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Deps } from '../activities/attempt/deps.ts';
import { createActivities } from '../activities/index.ts';
import { deploymentName, pagesTaskQueue, taskQueue } from '../contracts/names.ts';

/**
 * Pages that one process reads at the same time. The number of pollers is the same, so that a lane's next page need not
 * wait for a poller.
 */
const PAGES_AT_ONCE = 4;

/**
 * Runs that are kept in memory, 1.7 MiB each by the SDK's measure: 51 MiB at most. The default depends on the heap
 * limit and allows hundreds. One run more costs a replay of a history of at most 4,101 events.
 */
const RUNS_CACHED = 30;

/**
 * One thread runs workflow code and a task takes milliseconds, so that more tasks at a time would only wait. One of the
 * pollers asks the queue for new runs, the others for the next tasks of cached runs.
 */
const WORKFLOW_TASKS_AT_ONCE = 10;
const WORKFLOW_POLLERS = 4;

/** Small activities also send requests to ThreatConnect: more of them would only wait for TC_REQUESTS_PER_SECOND. */
const SMALL_ACTIVITIES_AT_ONCE = 10;
const SMALL_ACTIVITY_POLLERS = 2;

type Options = Required<
  Pick<WorkerOptions, 'namespace' | 'identity' | 'interceptors' | 'sinks'>
> & {
  connection: NativeConnection;
  /** Path of the workflow bundle. */
  codePath: string;
  /** `null` without worker versioning. */
  buildId: string | null;
};

/** One worker for each task queue of a namespace: one for workflows and small activities, one for pages. */
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
    // a page under way may end; a container usually has 30 s before it is killed, and an activity that is cut short
    // must still be reported, so that another worker continues at once
    shutdownGraceTime: '20 seconds',
    shutdownForceTime: '25 seconds',
    // a page costs seconds; heartbeats are throttled to 5 s, so that a crash loses little progress
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

/**
 * A run stays with the build that it began with, also after continue-as-new, so that no change of the code can break
 * it.
 */
function versionOf(namespace: string, buildId: string) {
  return {
    useWorkerVersioning: true,
    version: { deploymentName: deploymentName(namespace), buildId },
    defaultVersioningBehavior: 'PINNED',
  } as const;
}

/**
 * Runs workers until all have ended. If one fails, the others are shut down.
 * @throws the error of the first one that failed
 */
export async function runAll(workers: readonly Worker[]): Promise<void> {
  const stopOthers = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const ends = await Promise.allSettled(workers.map((worker) => worker.run().finally(stopOthers)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
