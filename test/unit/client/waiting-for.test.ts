import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { waitingFor } from '../../../client/waiting-for.ts';

type Raw = WorkflowExecutionDescription['raw'];
type Activity = NonNullable<Raw['pendingActivities']>[number];

const [SCHEDULED, STARTED] = [1, 2];
const NOW = { seconds: 1_800_000_000, nanos: 0 } as unknown as Activity['scheduledTime'];
const failure = {
  message: 'GET /_cluster: connect ECONNREFUSED 127.0.0.1:9200',
  applicationFailureInfo: { type: 'SinkUnavailable' },
};

function described(raw: object, name: 'RUNNING' | 'COMPLETED' = 'RUNNING') {
  return { status: { name }, raw: raw as Raw } as WorkflowExecutionDescription;
}

function activity(name: string, more: object): object {
  return { activityType: { name }, ...more };
}

for (const [title, raw, sentence, isTrouble] of [
  [
    'an activity that no worker takes',
    { pendingActivities: [activity('openWindow', { state: SCHEDULED, attempt: 1 })] },
    'no worker takes openWindow: is a worker running, and is it free? `npx tcsync worker` starts one',
    true,
  ],
  [
    'a workflow task that no worker takes',
    { pendingActivities: [], pendingWorkflowTask: { state: SCHEDULED, attempt: 1 } },
    'no worker takes the next step: is a worker running, and is it free? `npx tcsync worker` starts one',
    true,
  ],
  [
    'an attempt that failed, while the next one is not due yet',
    {
      pendingActivities: [
        activity('openWindow', {
          state: SCHEDULED,
          attempt: 3,
          lastFailure: failure,
          nextAttemptScheduleTime: NOW,
        }),
      ],
    },
    'openWindow failed and is tried again: SinkUnavailable: GET /_cluster: connect ECONNREFUSED 127.0.0.1:9200',
    true,
  ],
  [
    'an attempt that failed, while the next one is under way',
    {
      pendingActivities: [
        activity('syncPage', { state: STARTED, lastWorkerIdentity: '7@host' }),
        activity('syncPage', { state: STARTED, attempt: 2, lastFailure: failure }),
      ],
    },
    'syncPage failed and is tried again: SinkUnavailable: GET /_cluster: connect ECONNREFUSED 127.0.0.1:9200',
    true,
  ],
  [
    'an attempt that failed because its worker ended, and no other worker takes',
    {
      pendingActivities: [
        activity('syncPage', {
          state: SCHEDULED,
          attempt: 2,
          lastFailure: { message: 'ended', applicationFailureInfo: { type: 'WorkerShutdown' } },
        }),
      ],
    },
    'no worker takes syncPage: is a worker running, and is it free? `npx tcsync worker` starts one',
    true,
  ],
  [
    'a slow activity',
    {
      pendingActivities: [activity('openWindow', { state: STARTED, lastWorkerIdentity: '7@host' })],
    },
    'openWindow is running on worker 7@host',
    false,
  ],
] as const) {
  test(`a command that follows a run names ${title}`, () => {
    assert.partialDeepStrictEqual(waitingFor(described(raw)), { sentence, isTrouble });
  });
}

test('two steps with the same message are different waits', () => {
  const key = (more: object) => waitingFor(described({ pendingActivities: [], ...more }))?.key;
  const task = (seconds: number) => ({
    pendingWorkflowTask: { state: SCHEDULED, originalScheduledTime: { seconds, nanos: 0 } },
  });
  const page = (activityId: string) => ({
    pendingActivities: [activity('syncPage', { state: SCHEDULED, activityId })],
  });
  assert.equal(key(task(1)), key(task(1)));
  assert.notEqual(key(task(1)), key(task(2)));
  assert.notEqual(key(page('1')), key(page('2')));
});

test('a page that waits for its turn while another one is read is not reported', () => {
  const pendingActivities = [
    activity('syncPage', { state: SCHEDULED }),
    activity('syncPage', { state: STARTED }),
  ];
  assert.equal(waitingFor(described({ pendingActivities }))?.isTrouble, false);
});

test('a run that has ended or is paused waits for nothing', () => {
  const pendingActivities = [activity('syncPage', { state: SCHEDULED })];
  assert.equal(waitingFor(described({ pendingActivities }, 'COMPLETED')), null);
  assert.equal(waitingFor(described({ pendingActivities: [] })), null);
});
