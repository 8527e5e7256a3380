import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { taskQueue } from '../../contracts/names.ts';
import { progress } from '../../contracts/messages.ts';
import { lookAtWorkers } from '../../watch/workers.ts';
import { until } from '../stage.ts';
import { tcsync } from '../tcsync.ts';
import { Following } from './following.ts';
import { startLine, type Line } from './line.ts';

describe('a command that follows a run', () => {
  let line: Line;
  before(async () => {
    line = await startLine({
      records: 600,
      env: { TC_PAGE_SIZE: '50', TC_LANES: '1' },
      isTemporalKilled: true,
    });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
  });
  after(() => line.stop());

  const follow = (...args: string[]) => new Following(args, line.env);

  /** Holds the source's answer to a page. */
  async function hold(page: number): Promise<void> {
    const held = { on: 'page', after: page, times: 1, fault: { kind: 'hold' } };
    await line.source.post('/_sim/faults', held);
  }

  test('says in one sentence that Temporal has no such namespace', async () => {
    const { code, stderr } = await tcsync(['run'], { ...line.env, TEMPORAL_NAMESPACE: 'nobody' });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Temporal at \S+ has no namespace nobody: correct TEMPORAL_NAMESPACE.*\n$/,
    );
  });

  test('attaches to the open run, which then uses the page size and lanes of the command', async () => {
    await hold(2);
    const first = follow('run', '--json');
    await first.says(/^run tcsync\/default\/default-\S+$/m);
    const [id = ''] = first.said.match(/(?<=^run )\S+/m) ?? [];
    const handle = line.temporal.workflow.getHandle(id);
    await until('its window is open', async () => (await handle.query(progress)) !== null);
    const second = follow('run', '--lanes', '4', '--page-size', '100', '--json');
    await second.says(/^a run of feed default is under way already: following it$/m);
    await second.says(/^it reads 100 records a page on 4 lanes from now on$/m);
    assert.equal((await handle.query(progress))?.lanes, 4);
    await line.source.delete('/_sim/faults');
    assert.deepEqual([await first.ends(), await second.ends()], [0, 0]);
    assert.equal(await first.stdout, await second.stdout);
  });

  test('says so if an open run has not taken over its options', async () => {
    await line.processes.stop('the worker');
    const first = follow('run', '--json');
    await first.says(/waiting: no worker takes the next step/);
    const second = follow('run', '--lanes', '4');
    await second.says(/has not taken 4 lanes: .*; `npx tcsync tune` tries again/);
    await second.says(/waiting: no worker/);
    assert.equal(await second.detach(), 0);
    assert.match(second.said, /detached; the run continues/);
    await line.startWorker();
    assert.equal(await first.ends(), 0);
  });

  test('attaches neither `apply --dry-run` to `apply` nor `apply` to `apply --dry-run`', async () => {
    await line.processes.stop('the worker');
    const applied = follow('apply', '--json');
    const dry = follow('apply', '--dry-run', '--json');
    await applied.says(/waiting: no worker takes the next step/);
    await dry.says(/waiting: no worker takes the next step/);
    await line.elasticsearch.indices.deleteIndexTemplate({ name: 'tcsync-run' });
    await line.startWorker();
    const states = async (one: Following) => {
      assert.equal(await one.ends(), 0, one.said);
      const { assets } = JSON.parse(await one.stdout) as {
        assets: { asset: string; state: string }[];
      };
      return assets.find(({ asset }) => asset === 'index template tcsync-run')?.state;
    };
    const [did, told] = [await states(applied), await states(dry)];
    assert.ok(did === 'created', `apply: ${did}`);
    assert.ok(told === 'missing' || told === 'ok', `apply --dry-run: ${told}`);
  });

  test('follows the open `rejects replay`, and replays the ids that it names after that', async () => {
    await line.processes.stop('the worker');
    const first = follow('rejects', 'replay', '--json');
    await first.says(/waiting: no worker takes the next step/);
    const second = follow('rejects', 'replay', '--json');
    await second.says(/^a replay of feed default is already running: following it$/m);
    const named = follow('rejects', 'replay', 'not-there', '--json');
    await named.says(/following it; the rejects that you named come next$/m);
    await line.startWorker();
    assert.deepEqual([await first.ends(), await second.ends()], [0, 0]);
    assert.equal(await first.stdout, await second.stdout);
    assert.notEqual(await named.ends(), null);
  });

  test('waits while Temporal is away, says so, and reports how the run ended', async () => {
    await hold(1);
    const run = follow('run', '--from', '2000-01-01T00:00:00Z', '--json');
    await run.says(/^run /m);
    const handle = line.temporal.workflow.getHandle(
      'tcsync/default/default/run/2000-01-01T00:00:00Z..',
    );
    await until('its window is open', async () => (await handle.query(progress)) !== null);
    await line.killTemporal();
    await run.says(/waiting: Temporal does not answer \(TEMPORAL_ADDRESS\)/);
    await line.restartTemporal();
    await line.source.delete('/_sim/faults');
    assert.equal(await run.ends(), 0, run.said);
    const { counts } = JSON.parse(await run.stdout) as { counts: { read: number } };
    assert.equal(counts.read, (await line.compare()).source);
  });

  test('says what failed while Elasticsearch is away', async () => {
    // Temporal was away in the test before: a command without a worker ends at once
    const queue = taskQueue('default');
    await until('the worker polls again', async () => {
      return !(await lookAtWorkers(line.temporal, 'default')).deserted.includes(queue);
    });
    await line.processes.stop('Elasticsearch');
    const run = follow('run');
    await run.says(
      /waiting: openWindow failed and is tried again: SinkUnavailable: .*ECONNREFUSED/,
    );
    assert.equal(await run.detach(), 0);
  });
});
