import type { Client } from '@temporalio/client';

/** Number of history events of a run, and of the runs that continued it as new. */
export async function countEvents(
  temporal: Client,
  workflowId: string,
  firstRunId: string,
): Promise<number> {
  let count = 0;
  for (let runId: string | null | undefined = firstRunId; runId;) {
    const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    count += events?.length ?? 0;
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return count;
}
