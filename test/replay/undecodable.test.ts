import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { workflowBundle } from '../../worker/bundle.ts';
import { type HistoryEvent, type Payload, readHistory, replayHistory } from './read-history.ts';

const ENCRYPTED = payload('binary/encrypted', '"x"');

/** Payloads that cannot be decoded. */
const PAYLOADS: Record<string, Payload> = {
  'binary/encrypted': ENCRYPTED,
  'binary/protobuf': payload('binary/protobuf', '"x"'),
  'binary/plain': payload('binary/plain', '"x"'),
  'json/protobuf': payload('json/protobuf', '"x"'),
  'an unknown encoding': payload('rot13', '"x"'),
  'json/plain that is cut': payload('json/plain', '{"reason":"x'),
  'json/plain without data': { metadata: payload('json/plain', '').metadata ?? {} },
  'no encoding': { metadata: {}, data: '' },
  'no metadata': { data: '' },
};

describe('a payload that cannot be decoded does not block a run', () => {
  let codePath: string;
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    codePath = await workflowBundle(false);
  });

  function replay(history: { events: HistoryEvent[] }): Promise<void> {
    return replayHistory({ codePath }, history);
  }

  for (const [what, sent] of Object.entries(PAYLOADS)) {
    const input = { payloads: [sent] };

    test(`${what} with a pause and a resume: the run pauses and continues`, async () => {
      const history = readHistory('sync-feed-paused');
      const signals = history.events.flatMap(
        (event) => event.workflowExecutionSignaledEventAttributes ?? [],
      );
      assert.equal(signals.length, 2);
      for (const signal of signals) signal.input = input;
      await replay(history);
    });

    test(`${what} as the input: the run fails`, async () => {
      const history = readHistory('sync-feed-bad-input');
      start(history).input = input;
      await replay(history);
    });
  }

  test('in the memo: it is ignored', async () => {
    const history = readHistory('sync-feed-failed');
    start(history).memo = { fields: { note: ENCRYPTED } };
    await replay(history);
  });

  test('as the result of an activity: the run saves its progress and fails', async () => {
    const history = readHistory('sync-feed-failed');
    const failed = history.events.find((event) => event.activityTaskFailedEventAttributes);
    assert.ok(failed?.activityTaskFailedEventAttributes !== undefined);
    const { activityTaskFailedEventAttributes: attributes, ...rest } = failed;
    history.events[history.events.indexOf(failed)] = {
      ...rest,
      eventType: 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED',
      activityTaskCompletedEventAttributes: { ...attributes, result: { payloads: [ENCRYPTED] } },
    };
    await replay(history);
  });
});

function start({ events }: { events: HistoryEvent[] }) {
  const attributes = events[0]?.workflowExecutionStartedEventAttributes;
  assert.ok(attributes !== undefined);
  return attributes;
}

function payload(encoding: string, data: string): Payload {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  return { metadata: { encoding: encode(encoding) }, data: encode(data) };
}
