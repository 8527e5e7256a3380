import type { Client } from '@temporalio/client';
import { progress } from '../contracts/messages.ts';
import { scheduleId } from '../contracts/names.ts';
import type { SyncFeedProgress } from '../contracts/progress.ts';

/** A query waits for a worker, and there may be none. */
const QUERY_MS = 3_000;

/** Ids of a feed's runs that are under way, by hand or by the Schedule. */
export async function runningRuns(
  temporal: Client,
  namespace: string,
  feed: string,
): Promise<string[]> {
  const prefix = scheduleId(namespace, feed);
  const runs: string[] = [];
  const query = `WorkflowType = "syncFeed" AND ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "${prefix}"`;
  for await (const { workflowId } of temporal.workflow.list({ query })) {
    // `prod` is also the beginning of `prod-eu`
    const rest = workflowId.slice(prefix.length);
    if (rest.startsWith('/run') || /^-\d{4}-\d{2}-\d{2}T/.test(rest)) runs.push(workflowId);
  }
  return runs;
}

/** `null` until the run's window is open, and where no worker answers. */
export async function progressOf(
  temporal: Client,
  workflowId: string,
  signal: AbortSignal = AbortSignal.timeout(QUERY_MS),
): Promise<SyncFeedProgress | null> {
  const handle = temporal.workflow.getHandle(workflowId);
  try {
    return await temporal.withAbortSignal(signal, () => handle.query(progress));
  } catch {
    return null;
  }
}
