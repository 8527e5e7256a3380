import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { applyAssetsSchedule, applyFeedSchedule } from '../../../client/schedules.ts';
import { connectTemporal, type Session } from '../../../client/session.ts';
import { comparedSettings } from '../../../config/compared-settings.ts';
import { assetsWorkflowId, pagesTaskQueue, taskQueue } from '../../../contracts/names.ts';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { toSettingsCode, workerIdentity } from '../../../contracts/settings-code.ts';
import { stage, type Stage } from '../../stage.ts';
import { loadWhole } from '../../integration/activities/page-input.ts';
import type { Act } from './runs.ts';

/**
 * A namespace in which all is well: both stand-ins, assets, a worker and the Schedule. Its runs do what the test says.
 */
export type Place = Stage & {
  namespace: string;
  session: Session;
  /** Starts a run under an id that nobody could guess. */
  start(act: Act, input?: Record<string, unknown>): Promise<WorkflowHandle>;
  /** Ends the run and waits for its end, also if it fails. */
  ended(act: Act): Promise<void>;
  /** A reconciliation that ended with these reports; without a report it failed. */
  reconciled(reports: AssetReport[], dryRun?: boolean): Promise<void>;
  /** Reads the whole feed and commits it. */
  load(): Promise<void>;
  /** Stops the worker. */
  stopWorker(): Promise<void>;
};

export function bundleRuns(): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('runs.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
}

export async function withPlace(
  { address, namespace, bundle }: { address: string; namespace: string; bundle: WorkflowBundle },
  work: (place: Place) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const set = await stage(
    { records: 20 },
    { TEMPORAL_ADDRESS: address, TCSYNC_NAMESPACE: namespace, TC_SAFETY_LAG: '1s' },
  );
  stack.defer(() => set.close());
  await set.apply();
  const { temporal, connection } = await connectTemporal(set.env);
  stack.defer(() => connection.close());
  const session = { config: set.config, temporal, connection };
  const [feed] = set.config.feeds;
  if (feed !== undefined) await applyFeedSchedule(session, feed, false);
  await applyAssetsSchedule(session, false);
  const worker = await startWorkers(set, address, bundle);
  stack.defer(() => worker.stop());
  const handles: WorkflowHandle[] = [];
  stack.defer(async () => {
    for (const handle of handles) await handle.terminate().catch(() => undefined); // it may have ended already
  });
  const start: Place['start'] = async (act, input = {}) => {
    const handle = await temporal.workflow.start('syncFeed', {
      workflowId: crypto.randomUUID(),
      taskQueue: taskQueue(namespace),
      args: [{ ...input, act }],
    });
    handles.push(handle);
    return handle;
  };
  await work({
    ...set,
    namespace,
    session,
    start,
    ended: async (act) => {
      const handle = await start(act);
      await handle.result().catch(() => undefined); // the test says how it ends
    },
    reconciled: async (reports, dryRun = false) => {
      const handle = await temporal.workflow.start('reconcileAssets', {
        workflowId: `${assetsWorkflowId(namespace, dryRun)}-${crypto.randomUUID()}`,
        taskQueue: taskQueue(namespace),
        args: [{ reports }],
      });
      await handle.result().catch(() => undefined);
    },
    load: () => loadWhole(set),
    stopWorker: () => worker.stop(),
  });
}

async function startWorkers(set: Stage, address: string, workflowBundle: WorkflowBundle) {
  const connection = await NativeConnection.connect({ address });
  const queue = taskQueue(set.config.program.namespace);
  const common = {
    connection,
    identity: workerIdentity(
      `${process.pid}@${hostname()}`,
      toSettingsCode(comparedSettings(set.config)),
    ),
    activities: {
      syncPage: async () => {
        throw new Error('connect ECONNREFUSED');
      },
      planSlices: () => Context.current().cancelled,
    },
  };
  const workers = [
    await Worker.create({ ...common, taskQueue: queue, workflowBundle }),
    await Worker.create({ ...common, taskQueue: pagesTaskQueue(queue) }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  let stopped: Promise<void> | null = null;
  return {
    stop: () =>
      (stopped ??= (async () => {
        for (const worker of workers) worker.shutdown();
        await running;
        await connection.close();
      })()),
  };
}
