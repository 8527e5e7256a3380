import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

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
  workflowExecutionStartedEventAttributes?: { input?: Payloads; memo?: object };
  workflowExecutionContinuedAsNewEventAttributes?: object;
};

export function readHistory(name: string): { events: HistoryEvent[] } {
  const text = readFileSync(path.join(FOLDER, `${name}.json`), 'utf8');
  return JSON.parse(text) as { events: HistoryEvent[] };
}
