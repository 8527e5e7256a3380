import type { Client } from '@temporalio/client';

const RUN_ID = /^[\da-f-]{36}$/i;

/** Workflow ids by run id, of the runs that Temporal still has. */
export async function writingRuns(
  temporal: Client,
  runIds: readonly string[],
): Promise<Map<string, string>> {
  const asked = [...new Set(runIds)].filter((id) => RUN_ID.test(id));
  const found = new Map<string, string>();
  if (asked.length === 0) return found;
  const query = `RunId IN (${asked.map((id) => `"${id}"`).join(', ')})`;
  for await (const { runId, workflowId } of temporal.workflow.list({ query })) {
    found.set(runId, workflowId);
  }
  return found;
}
