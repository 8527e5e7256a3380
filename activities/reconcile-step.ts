import {
  SCHEDULE_SETTINGS,
  WORKER_SETTINGS,
  type AssetReport,
  type ReconcileStepInput,
} from '../contracts/reconcile-assets-input.ts';
import { differingSettings } from '../contracts/settings-code.ts';
import { attempt } from './attempt/attempt.ts';
import { contextOf } from './attempt/context-of.ts';
import type { Deps } from './attempt/deps.ts';
import { takeStep } from './elasticsearch/assets/take-step.ts';

/**
 * Does one step of a reconciliation: brings its assets into their wanted state, or with `dryRun` only reports. Safe to
 * repeat, and to run twice at once. If the caller's settings differ from the worker's, the report says only that, since
 * it would be about other assets than the caller expects.
 */
export function reconcileStep(
  deps: Deps,
  { step, dryRun, overrule = false, settingsCode }: ReconcileStepInput,
): Promise<AssetReport[]> {
  return attempt(async (signal) => {
    const all = settingsCode === undefined ? [] : differingSettings(deps.compared, settingsCode);
    const differing = all?.filter((name) => !SCHEDULE_SETTINGS.includes(name)) ?? null;
    if (differing?.length !== 0) return [otherSettings(differing)];
    const context = await contextOf(deps, signal);
    const isOpen = (workflowId: string) => deps.temporal.isOpen(workflowId, signal);
    return takeStep(deps.installer, context, { step, dryRun, overrule, isOpen }, signal);
  });
}

function otherSettings(differing: readonly string[] | null): AssetReport {
  const what =
    differing === null
      ? 'the worker has another version of tcsync than the command line'
      : `the worker has other values than the command line for ${differing.join(', ')}`;
  return {
    asset: WORKER_SETTINGS,
    state: 'blocked',
    changes: [],
    detail: `${what}: restart it with these settings, or apply with its settings; nothing was changed`,
  };
}
