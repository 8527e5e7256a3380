import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { assetsWorkflowId, taskQueue } from '../contracts/names.ts';
import type { AssetReport } from '../contracts/reconcile-assets.ts';
import type { reconcileAssets } from '../workflows/reconcile-assets.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { applySearchAttributes, type SearchAttributeReport } from './search-attributes.ts';
import { applySchedule, type ScheduleReport } from './schedules.ts';
import { requireWorker, withSession, type Session } from './session.ts';
import { toCommandError } from './workflow-error.ts';

type ApplyReport = {
  searchAttributes: SearchAttributeReport[];
  schedules: ScheduleReport[];
  assets: AssetReport[];
};

/**
 * Assets first: a tick of a Schedule that is created before them would fail.
 * Prints a line for each thing; with `json` one object {@link ApplyReport}.
 * @returns `attention` where one of them is blocked
 */
export function apply(options: { dryRun: boolean; json: boolean }): Promise<ExitCode> {
  return withSession(async (session) => {
    const { config } = session;
    await requireWorker(session);
    const searchAttributes = await applySearchAttributes(session, options.dryRun);
    const assets = await reconcile(session, options.dryRun);
    const schedules: ScheduleReport[] = [];
    for (const feed of config.feeds) {
      schedules.push(await applySchedule(session, feed, options.dryRun));
    }
    const report: ApplyReport = { searchAttributes, schedules, assets };
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : toText(report));
    const states = [...searchAttributes, ...schedules, ...assets].map(({ state }) => state);
    return states.includes('blocked') ? EXIT.attention : EXIT.ok;
  });
}

async function reconcile({ config, temporal }: Session, dryRun: boolean): Promise<AssetReport[]> {
  const workflowId = assetsWorkflowId(config.program.namespace);
  try {
    return await temporal.workflow.execute<typeof reconcileAssets>('reconcileAssets', {
      workflowId,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      taskQueue: taskQueue(config.program.namespace),
      args: [{ dryRun }],
    });
  } catch (error) {
    throw toCommandError(workflowId, error);
  }
}

function toText({ searchAttributes, schedules, assets }: ApplyReport): string {
  const lines = [
    ...searchAttributes.flatMap(({ searchAttribute, state, detail }) =>
      entry(state, `search attribute ${searchAttribute}`, detail === null ? [] : [detail]),
    ),
    ...assets.flatMap(({ asset, state, detail }) =>
      entry(state, asset, detail === null ? [] : [detail]),
    ),
    ...schedules.flatMap(({ schedule, state, changes }) =>
      entry(state, `Schedule ${schedule}`, changes),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function entry(state: string, what: string, more: readonly string[]): string[] {
  return [`${state.padEnd(10)}  ${what}`, ...more.map((text) => `            ${text}`)];
}
