import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { workflowBundle } from '../../worker/bundle.ts';
import { type HistoryEvent, NAMES, readHistory, replayHistory } from './read-history.ts';

describe('recorded histories', () => {
  let codePath: string;
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    codePath = await workflowBundle(false);
  });

  for (const name of NAMES) {
    test(`runs of the shape ${name} can continue with this code`, async () => {
      await replayHistory({ codePath }, readHistory(name));
    });
  }

  test('a page that fails after continue-as-new has cancelled it does not fail the run', async () => {
    const history = readHistory('sync-feed-drained-by-a-dead-worker');
    const lost = history.events.find((event) => event.activityTaskTimedOutEventAttributes);
    assert.ok(lost?.activityTaskTimedOutEventAttributes !== undefined);
    history.events[history.events.indexOf(lost)] = toFailed(
      lost,
      lost.activityTaskTimedOutEventAttributes,
    );
    assert.ok(history.events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes);
    await replayHistory({ codePath }, history);
  });

  test('a cancelled run ends as cancelled, even if its pages fail meanwhile', async () => {
    const history = readHistory('sync-feed-cancelled');
    const ended = history.events.filter((event) => event.activityTaskCanceledEventAttributes);
    assert.ok(ended.length > 0);
    for (const event of ended) {
      history.events[history.events.indexOf(event)] = toFailed(
        event,
        event.activityTaskCanceledEventAttributes,
      );
    }
    assert.equal(history.events.at(-1)?.eventType, 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED');
    await replayHistory({ codePath }, history);
  });

  test('they hold no host name, no path and no user name of the machine that recorded them', () => {
    for (const name of NAMES) {
      const text = JSON.stringify(readHistory(name)).replaceAll(
        /"data":"([^"]+)"/g,
        (_, data: string) => Buffer.from(data, 'base64').toString(),
      );
      assert.doesNotMatch(
        text,
        /:\/\/|localhost|\b\d+(\.\d+){3}\b|"identity"|"stackTrace"|\d@|\/(home|root|tmp|Users)\//,
        name,
      );
    }
  });
});

/** The same event, as if the attempt had failed after the activity was cancelled and before it noticed that. */
function toFailed(event: HistoryEvent, attributes: object | undefined): HistoryEvent {
  const {
    activityTaskTimedOutEventAttributes: _timedOut,
    activityTaskCanceledEventAttributes: _cancelled,
    ...rest
  } = event;
  return {
    ...rest,
    eventType: 'EVENT_TYPE_ACTIVITY_TASK_FAILED',
    activityTaskFailedEventAttributes: {
      ...attributes,
      failure: { message: 'the source is away', applicationFailureInfo: { type: 'SourceAway' } },
      retryState: 'RETRY_STATE_CANCEL_REQUESTED',
    },
  };
}
