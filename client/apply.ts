import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { assetsWorkflowId, taskQueue } from '../contracts/names.ts';
import type { AssetReport } from '../contracts/reconcile-assets.ts';
import type { reconcileAssets } from '../workflows/reconcile-assets.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { applySchedule, type ScheduleReport } from './schedules.ts';
import { requireWorker, withSession } from './session.ts';

type ApplyReport = { schedules: ScheduleReport[]; assets: AssetReport[] };

/**
 * Assets first: a tick of a Schedule that is created before them would fail.
 * Prints a line for each thing; with `json` one object {@link ApplyReport}.
 */
export function apply(options: { dryRun: boolean; json: boolean }): Promise<ExitCode> {
  return withSession(async (session) => {
    const { config, temporal } = session;
    await requireWorker(session);
    const { namespace } = config.program;
    const assets = await temporal.workflow.execute<typeof reconcileAssets>('reconcileAssets', {
      workflowId: assetsWorkflowId(namespace),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      taskQueue: taskQueue(namespace),
      args: [{ dryRun: options.dryRun }],
    });
    const schedules: ScheduleReport[] = [];
    for (const feed of config.feeds) {
      schedules.push(await applySchedule(temporal, namespace, feed, options.dryRun));
    }
    const report: ApplyReport = { schedules, assets };
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : toText(report));
    return EXIT.ok;
  });
}

function toText({ schedules, assets }: ApplyReport): string {
  const lines = [
    ...assets.map(({ asset, state }) => line(state, asset)),
    ...schedules.flatMap(({ schedule, state, changes }) => [
      line(state, `Schedule ${schedule}`),
      ...changes.map((change) => `            ${change}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function line(state: string, what: string): string {
  return `${state.padEnd(10)}  ${what}`;
}
