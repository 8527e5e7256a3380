import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';

const FOLDER = path.join(import.meta.dirname, 'histories');

/** Names of the recorded shapes. */
export const NAMES: readonly string[] = readdirSync(FOLDER).map((file) =>
  path.basename(file, '.json'),
);

/** Base64. */
export type Payload = { metadata?: { encoding?: string }; data?: string };
type Payloads = { payloads: Payload[] };

export type HistoryEvent = {
  eventType: string;
  activityTaskTimedOutEventAttributes?: object;
  activityTaskCanceledEventAttributes?: object;
  activityTaskFailedEventAttributes?: object;
  activityTaskCompletedEventAttributes?: object;
  workflowExecutionSignaledEventAttributes?: { input?: Payloads };
  workflowExecutionStartedEventAttributes?: {
    input?: Payloads;
    memo?: object;
    workflowId?: string;
  };
  workflowExecutionContinuedAsNewEventAttributes?: object;
};

export function readHistory(name: string): { events: HistoryEvent[] } {
  const text = readFileSync(path.join(FOLDER, `${name}.json`), 'utf8');
  return JSON.parse(text) as { events: HistoryEvent[] };
}

/**
 * Runs a workflow's code against a history.
 * @throws {DeterminismViolationError} if the code does something else than the history says
 */
export async function replayHistory(
  workflowBundle: WorkflowBundleOption,
  history: { events: HistoryEvent[] },
): Promise<void> {
  const started = history.events[0]?.workflowExecutionStartedEventAttributes;
  // the ids of children begin with it
  await Worker.runReplayHistory({ workflowBundle }, history, started?.workflowId);
}
