import type { Client } from '@temporalio/client';
import { assetsWorkflowId } from '../contracts/names.ts';
import type { AssetReport } from '../contracts/reconcile-assets-input.ts';
import { lookAtSchedule, type ScheduleLook } from './look-at-schedule.ts';
import { whyEnded, type Reason } from './reason.ts';

/** The last reconciliation that has ended, whether a Schedule or `tcsync apply` started it. */
export type AssetsLook = {
  /** `null` if there is none. */
  schedule: ScheduleLook | null;
  /** `null` if there was none for as long as Temporal keeps ended runs. */
  last: LastReconciliation | null;
};

export type LastReconciliation = {
  workflowId: string;
  /** ISO 8601. */
  endedAt: string;
  /** One line per asset, or why it failed. */
  result: { reports: AssetReport[] } | { failed: Reason };
};

/**
 * Finds the last reconciliation that completed or failed; a dry run is none.
 * @throws Temporal's error if it does not answer
 */
export async function lookAtAssets(
  temporal: Client,
  namespace: string,
  known: Map<string, LastReconciliation>,
): Promise<AssetsLook> {
  const id = assetsWorkflowId(namespace);
  const [schedule, last] = await Promise.all([
    lookAtSchedule(temporal, id),
    lastReconciliation(temporal, namespace, known),
  ]);
  return { schedule, last };
}

async function lastReconciliation(
  temporal: Client,
  namespace: string,
  known: Map<string, LastReconciliation>,
): Promise<LastReconciliation | null> {
  const id = assetsWorkflowId(namespace);
  const query = `WorkflowType = "reconcileAssets" AND WorkflowId STARTS_WITH "${id}" AND ExecutionStatus IN ("Completed", "Failed", "TimedOut")`;
  // the server lists the run that ended last first
  for await (const { workflowId, runId, status, closeTime } of temporal.workflow.list({ query })) {
    if (workflowId.startsWith(assetsWorkflowId(namespace, true))) continue;
    const seen = known.get(runId);
    if (seen !== undefined) return seen;
    const handle = temporal.workflow.getHandle(workflowId, runId);
    const result =
      status.name === 'COMPLETED'
        ? { reports: (await handle.result()) as AssetReport[] }
        : { failed: await whyEnded(temporal, { workflowId, runId }) };
    const last = { workflowId, endedAt: (closeTime ?? new Date()).toISOString(), result };
    known.clear();
    known.set(runId, last);
    return last;
  }
  return null;
}
