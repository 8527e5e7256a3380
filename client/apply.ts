import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { comparedSettings } from '../config/compared-settings.ts';
import { assetsWorkflowId, taskQueue } from '../contracts/names.ts';
import { WORKER_SETTINGS, type AssetReport } from '../contracts/reconcile-assets-input.ts';
import type { ReplaceLatestResult } from '../contracts/replace-latest-input.ts';
import { toSettingsCode } from '../contracts/settings-code.ts';
import type { reconcileAssets } from '../workflows/reconcile-assets.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { follow } from './follow.ts';
import { applySearchAttributes, type SearchAttributeReport } from './create-search-attributes.ts';
import { replaceLatest, replacementText } from './replace-latest.ts';
import { applyAssetsSchedule, applyFeedSchedule, type ScheduleReport } from './schedules.ts';
import { requireWorker, withSession, type Session } from './session.ts';

type ApplyReport = {
  searchAttributes: SearchAttributeReport[];
  schedules: ScheduleReport[];
  assets: AssetReport[];
  /** `null` if none was asked for. */
  replacement: ReplaceLatestResult | null;
};

type ApplyOptions = {
  dryRun: boolean;
  json: boolean;
  /** `null`: the latest index stays. */
  replacing: { undo: boolean } | null;
};

/**
 * Creates the assets before the Schedules: without the assets, a run that a Schedule starts would fail.
 * Prints one line for each item; with `json`, one {@link ApplyReport} object.
 * @returns `attention` if an item is blocked
 */
export function apply(options: ApplyOptions): Promise<ExitCode> {
  return withSession(async (session) => {
    const { config } = session;
    await requireWorker(session);
    const searchAttributes = await applySearchAttributes(session, options.dryRun);
    const assets = await reconcile(session, options.dryRun);
    const schedules: ScheduleReport[] = [];
    // otherwise a Schedule would start runs that the settings of the worker do not know
    const isServed = assets.every(({ asset }) => asset !== WORKER_SETTINGS);
    if (isServed) schedules.push(await applyAssetsSchedule(session, options.dryRun));
    for (const feed of isServed ? config.feeds : []) {
      schedules.push(await applyFeedSchedule(session, feed, options.dryRun));
    }
    const replacement =
      options.replacing === null || !isServed
        ? null
        : await replaceLatest(session, options.replacing);
    const report: ApplyReport = { searchAttributes, schedules, assets, replacement };
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : toText(report));
    const states = [...searchAttributes, ...schedules, ...assets].map(({ state }) => state);
    return states.includes('blocked') ? EXIT.attention : EXIT.ok;
  });
}

async function reconcile(session: Session, dryRun: boolean): Promise<AssetReport[]> {
  const { config, temporal } = session;
  const { namespace } = config.program;
  const settingsCode = toSettingsCode(comparedSettings(config));
  const handle = await temporal.workflow.start<typeof reconcileAssets>('reconcileAssets', {
    workflowId: assetsWorkflowId(namespace, dryRun),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    taskQueue: taskQueue(namespace),
    args: [{ dryRun, overrule: true, settingsCode }],
  });
  const reports = await follow(session, handle);
  if (reports !== null) return reports;
  throw new CommandError(
    `detached; ${handle.workflowId} continues. The Schedules are not done yet: run \`tcsync apply\` again`,
  );
}

function toText({ searchAttributes, schedules, assets, replacement }: ApplyReport): string {
  const lines = [
    ...searchAttributes.flatMap(({ searchAttribute, state, detail }) =>
      entry(state, `search attribute ${searchAttribute}`, detail === null ? [] : [detail]),
    ),
    ...assets.flatMap(({ asset, state, changes, detail }) =>
      entry(state, asset, [...changes, ...(detail === null ? [] : [detail])]),
    ),
    ...schedules.flatMap(({ schedule, state, changes }) =>
      entry(state, `Schedule ${schedule}`, changes),
    ),
    ...(replacement === null ? [] : entry('replaced', ...replacementText(replacement))),
  ];
  return `${lines.join('\n')}\n`;
}

function entry(state: string, what: string, more: readonly string[]): string[] {
  return [`${state.padEnd(13)}  ${what}`, ...more.map((text) => `               ${text}`)];
}
