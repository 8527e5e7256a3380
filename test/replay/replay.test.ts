import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../worker/bundle.ts';

const FOLDER = path.join(import.meta.dirname, 'histories');
type History = {
  events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
};

describe('recorded histories', () => {
  let codePath: string;
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    codePath = await workflowBundle(false);
  });

  for (const file of readdirSync(FOLDER)) {
    test(`runs of the shape ${path.basename(file, '.json')} can go on with this code`, async () => {
      await Worker.runReplayHistory({ workflowBundle: { codePath } }, read(file));
    });
  }

  test('a history of other code is refused, so that these tests can fail', async () => {
    const history = read('sync-feed-nothing-new.json');
    for (const { activityTaskScheduledEventAttributes: scheduled } of history.events) {
      if (scheduled !== undefined) scheduled.activityType.name = 'anotherActivity';
    }
    await assert.rejects(Worker.runReplayHistory({ workflowBundle: { codePath } }, history), {
      name: 'DeterminismViolationError',
    });
  });
});

function read(file: string): History {
  return JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as History;
}
