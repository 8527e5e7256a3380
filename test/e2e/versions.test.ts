import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Step } from '../../client/check/step.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

const DEPLOYMENT = 'tcsync-default';
const SET_CURRENT =
  /: (temporal worker deployment set-current-version --deployment-name tcsync-default --build-id b2 --namespace default --address \S+)$/;

describe('workers with a build id', () => {
  let line: Line;
  before(async () => {
    line = await startLine({ records: 300, env: { TCSYNC_BUILD_ID: 'b1' } });
  });
  after(() => line.stop());

  async function versionStep(buildId: string): Promise<Step | undefined> {
    const env = { ...line.env, TCSYNC_BUILD_ID: buildId };
    const { stdout } = await tcsync(['check', '--json'], env);
    const { steps } = JSON.parse(stdout) as { steps: Step[] };
    return steps.find(({ name }) => name === 'worker version');
  }

  async function setCurrent(buildId: string): Promise<void> {
    // the server learns from the first poll which task queues a version has
    await until(`version ${buildId} can be made current`, () =>
      line.temporal.workflowService
        .setWorkerDeploymentCurrentVersion({
          namespace: 'default',
          deploymentName: DEPLOYMENT,
          buildId,
        })
        .then(
          () => true,
          () => false,
        ),
    );
  }

  function start(id: string) {
    return line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId: `tcsync/default/default/run/${id}`,
      taskQueue: 'tcsync-default',
      args: [{ feed: 'default', from: '2000-01-01T00:00:00Z', pageSize: 100 }],
    });
  }

  async function versionsOf(handle: Awaited<ReturnType<typeof start>>): Promise<string[]> {
    const { events } = await handle.fetchHistory();
    const builds = (events ?? []).flatMap(
      ({ workflowTaskCompletedEventAttributes: attributes }) =>
        attributes?.deploymentVersion?.buildId ?? [],
    );
    return [...new Set(builds)];
  }

  test('get no run until a version is current, and `tcsync check` gives the command', async () => {
    const step = await versionStep('b1');
    assert.equal(step?.state, 'warning');
    assert.equal(step.detail, 'no version of tcsync-default is current; new runs wait');
    assert.match(
      step.remedy ?? '',
      /set-current-version .*--build-id b1 --namespace default --address \S+$/,
    );
    await setCurrent('b1');
    assert.equal((await versionStep('b1'))?.state, 'ok');
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
  });

  test('keep their open runs when another build becomes current, and new runs begin on the new build', async () => {
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 1,
      times: 1,
      fault: { kind: 'hold' },
    });
    const first = await start('first');
    await until('a page is held', async () => {
      const { held } = await line.source.get<{ held: number }>('/_sim/faults');
      return held === 1;
    });
    await line.processes.startWorker('the second worker', { ...line.env, TCSYNC_BUILD_ID: 'b2' });
    await setCurrent('b2');
    const second = await start('second');
    await second.result();
    await line.source.delete('/_sim/faults');
    await first.result();
    assert.deepEqual(await versionsOf(first), ['b1']);
    assert.deepEqual(await versionsOf(second), ['b2']);
  });

  test('are reported by `tcsync check` if their version is not current, with the command, or if it has no worker', async () => {
    assert.equal((await versionStep('b2'))?.state, 'ok');
    await setCurrent('b1');
    const waiting = await versionStep('b2');
    assert.equal(waiting?.state, 'warning');
    assert.equal(waiting.detail, 'version b1 of tcsync-default is current, not b2');
    assert.match(waiting.remedy ?? '', SET_CURRENT);
    const unknown = await versionStep('b3');
    assert.match(unknown?.remedy ?? '', /^Start a worker with TCSYNC_BUILD_ID=b3 /);
  });
});
