import type { Client, DescribeWorkflowExecutionResponse } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import { optionalTsToDate } from '@temporalio/common/lib/time.js';
import { progress as progressQuery } from '../contracts/messages.ts';
import type { Reading } from '../contracts/progress.ts';
import { STATE } from '../contracts/search-attributes.ts';
import { toReason, type Reason } from './reason.ts';
import type { Run } from '../activities/temporal/runs.ts';

/** State of an open run. */
export type RunLook = Run & {
  /** `null` if its window is not open, or if no worker answers. */
  progress: Reading | null;
  /** Reason of the pause; `null` if the run is not paused. */
  paused: string | null;
  /** Names of the pending activities. */
  activities: string[];
  /** The failing activity with the most attempts. */
  failing: PendingActivity | null;
  /** Set if a worker cannot complete a workflow task, which is a bug in the program. */
  failingTask: Attempts | null;
};

export type PendingActivity = Attempts & { type: string };

type Attempts = {
  attempt: number;
  /** When it was first scheduled, ISO 8601; `null` if that is too long ago. */
  since: string | null;
  /** Why the last attempt failed. */
  reason: Reason | null;
};

/** A query waits for a worker, and there may be no worker. */
const QUERY_MS = 3_000;
/**
 * Number of events read from the end of the history. If the run makes little progress, they include the scheduling of
 * the failing activity.
 */
const LAST_EVENTS = 100;

/** @returns `null` if the run has ended meanwhile */
export async function lookAtRun(
  temporal: Client,
  run: Run,
  hasWorker: boolean,
): Promise<RunLook | null> {
  const { status, raw, typedSearchAttributes } = await temporal.workflow
    .getHandle(run.workflowId, run.runId)
    .describe();
  if (status.name !== 'RUNNING') return null;
  const { pendingActivities, pendingWorkflowTask: task } = raw;
  const pending = pendingActivities ?? [];
  const [worst] = pending.toSorted((a, b) => (b.attempt ?? 1) - (a.attempt ?? 1));
  const isFailing = worst !== undefined && (worst.attempt ?? 1) > 1;
  const isTaskFailing = (task?.attempt ?? 1) > 1;
  const events = isFailing || isTaskFailing ? await lastEvents(temporal, run) : [];
  // a run that cannot complete a workflow task cannot answer a query either
  const progress = hasWorker && !isTaskFailing ? await progressOf(temporal, run.workflowId) : null;
  const isMarkedPaused = typedSearchAttributes.get(STATE) === 'paused';
  return {
    ...run,
    progress,
    paused:
      progress?.paused ??
      (progress === null && isMarkedPaused
        ? 'the reason is not known, because no worker answers'
        : null),
    activities: pending.map(({ activityType }) => activityType?.name ?? 'an activity'),
    failing: isFailing ? toPendingActivity(worst, events) : null,
    failingTask: isTaskFailing
      ? {
          attempt: task?.attempt ?? 1,
          since: optionalTsToDate(task?.originalScheduledTime)?.toISOString() ?? null,
          reason: whyTaskFails(events),
        }
      : null,
  };
}

/** `null` until the run's window is open, and if no worker answers. */
export function progressOf(
  temporal: Client,
  workflowId: string,
  signal: AbortSignal = AbortSignal.timeout(QUERY_MS),
): Promise<Reading | null> {
  return answerOf(progressQuery, temporal, workflowId, signal);
}

/** The answer of a workflow; `null` if it has none yet, and if no worker answers. */
export async function answerOf<A>(
  query: QueryDefinition<A | null>,
  temporal: Client,
  workflowId: string,
  signal: AbortSignal,
): Promise<A | null> {
  const handle = temporal.workflow.getHandle(workflowId);
  try {
    return await temporal.withAbortSignal(signal, () => handle.query(query));
  } catch {
    return null;
  }
}

type Events = NonNullable<
  NonNullable<
    Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistoryReverse']>>['history']
  >['events']
>;

/** Newest first. */
async function lastEvents(
  temporal: Client,
  { workflowId, runId }: Pick<Run, 'workflowId' | 'runId'>,
): Promise<Events> {
  const { history } = await temporal.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: temporal.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: LAST_EVENTS,
  });
  return history?.events ?? [];
}

type Pending = NonNullable<DescribeWorkflowExecutionResponse['pendingActivities']>[number];

function toPendingActivity(
  { activityId, activityType, attempt, lastFailure }: Pending,
  events: Events,
): PendingActivity {
  const scheduled = events.find(
    ({ activityTaskScheduledEventAttributes: at }) => at?.activityId === activityId,
  );
  return {
    type: activityType?.name ?? 'an activity',
    attempt: attempt ?? 1,
    since: optionalTsToDate(scheduled?.eventTime)?.toISOString() ?? null,
    reason: lastFailure == null ? null : toReason(lastFailure),
  };
}

/** Only the first failure of a workflow task becomes an event. */
function whyTaskFails(events: Events): Reason | null {
  for (const { workflowTaskFailedEventAttributes: failed } of events) {
    if (failed?.failure != null) return toReason(failed.failure);
  }
  return null;
}
