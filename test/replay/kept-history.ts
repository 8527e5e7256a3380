import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { RunOf } from './shape.ts';

/** Parts of a history that do not matter for a replay: who recorded it, and on which machine. */
const NOT_KEPT = new Set(['identity', 'stackTrace', 'taskId']);

/** The history of a run as text of a file, one event per line. */
export async function keptHistory(
  client: Client,
  { workflowId, run = 'last' }: RunOf,
): Promise<string> {
  const runIds: string[] = [];
  const query = `WorkflowId = "${workflowId}"`;
  for await (const { runId } of client.workflow.list({ query })) runIds.push(runId);
  const runId = run === 'last' ? runIds[0] : runIds.at(-1);
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const { events } = JSON.parse(historyToJSON(history)) as { events: unknown[] };
  const lines = events.map((event) => JSON.stringify(event, keep));
  return `{"events":[\n${lines.join(',\n')}\n]}\n`;
}

function keep(key: string, value: unknown): unknown {
  if (NOT_KEPT.has(key)) return undefined;
  // the name of a sticky queue: a process, its host and a random number
  return typeof value === 'string' && /^\d+@/.test(value) ? 'worker' : value;
}
