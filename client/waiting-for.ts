import type { WorkflowExecutionDescription } from '@temporalio/client';
import { readIdentity } from '../contracts/settings-code.ts';

/** `PENDING_ACTIVITY_STATE_SCHEDULED` of temporal/api/enums/v1/workflow.proto: no worker has it. */
const SCHEDULED = 1;

/** What a workflow waits for. */
export type Wait = {
  /** For a person, without a full stop. */
  sentence: string;
  /** What it is for itself: a run has many steps that each take their moment. */
  key: string;
  /** Something has failed, or nobody is there to do it; else it is done and takes its time. */
  isTrouble: boolean;
};

/** @returns `null`: for nothing but a person or a timer, or it has ended */
export function waitingFor({
  status,
  raw,
}: Pick<WorkflowExecutionDescription, 'status' | 'raw'>): Wait | null {
  if (status.name !== 'RUNNING') return null;
  const activities = (raw.pendingActivities ?? []).map((activity) => ({
    name: activity.activityType?.name ?? 'an activity',
    key: activity.activityId ?? '',
    failure: activity.lastFailure ?? null,
    // between two attempts nobody is meant to have it
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
  const by = first.worker === null ? '' : `, by worker ${first.worker}`;
  return { sentence: `${first.name} is under way${by}`, key: first.key, isTrouble: false };
}

function untaken(what: string, key: string): Wait {
  return {
    sentence: `no worker takes ${what}: is one running, and free? \`npx tcsync worker\` starts one`,
    key,
    isTrouble: true,
  };
}
