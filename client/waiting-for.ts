import type { WorkflowExecutionDescription } from '@temporalio/client';
import { readIdentity } from '../contracts/settings-code.ts';

/** `PENDING_ACTIVITY_STATE_SCHEDULED` of temporal/api/enums/v1/workflow.proto: no worker has taken the activity. */
const SCHEDULED = 1;

/** What a workflow waits for. */
export type Wait = {
  /** For a person, without a full stop. */
  sentence: string;
  /** Identifies the step that is awaited: a run has many steps, and each takes a moment. */
  key: string;
  /** True if the step has failed or no worker takes it; false if the step is in progress. */
  isTrouble: boolean;
};

/** @returns `null` if the workflow has ended, or waits only for a person or a timer */
export function waitingFor({
  status,
  raw,
}: Pick<WorkflowExecutionDescription, 'status' | 'raw'>): Wait | null {
  if (status.name !== 'RUNNING') return null;
  const activities = (raw.pendingActivities ?? []).map((activity) => ({
    name: activity.activityType?.name ?? 'an activity',
    key: activity.activityId ?? '',
    failure: activity.lastFailure ?? null,
    // between two attempts it is normal that no worker has the activity
    isUntaken: Number(activity.state) === SCHEDULED && !activity.nextAttemptScheduleTime,
    worker: activity.lastWorkerIdentity ? readIdentity(activity.lastWorkerIdentity).process : null,
  }));
  const [first] = activities;
  for (const { name, failure, isUntaken } of activities) {
    if (failure === null || isUntaken) continue;
    const type = failure.applicationFailureInfo?.type;
    const reason = `${type ? `${type}: ` : ''}${failure.message ?? 'no reason given'}`;
    const sentence = `${name} failed and is tried again: ${reason}`;
    return { sentence, key: sentence, isTrouble: true };
  }
  if (first === undefined) {
    const task = raw.pendingWorkflowTask;
    return task ? untaken('the next step', JSON.stringify(task.originalScheduledTime)) : null;
  }
  if (activities.every(({ isUntaken }) => isUntaken)) return untaken(first.name, first.key);
  const by = first.worker === null ? '' : ` on worker ${first.worker}`;
  return { sentence: `${first.name} is running${by}`, key: first.key, isTrouble: false };
}

function untaken(what: string, key: string): Wait {
  return {
    sentence: `no worker takes ${what}: is a worker running, and is it free? \`npx tcsync worker\` starts one`,
    key,
    isTrouble: true,
  };
}
