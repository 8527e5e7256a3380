import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

type Probed = { status: number; body: { ok: boolean; problems: string[] } };

describe('a worker process', () => {
  let line: Line;
  before(async () => {
    line = await startLine({ records: 500 });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
  });
  after(() => line.stop());

  async function probe(path: '/healthz' | '/readyz'): Promise<Probed> {
    const response = await fetch(`${line.worker.healthUrl}${path}`);
    return { status: response.status, body: (await response.json()) as Probed['body'] };
  }

  /** Starts a run of one page, and holds its page. */
  async function startHeldRun(id: string) {
    const held = { on: 'page', after: 0, times: 1, fault: { kind: 'hold' } };
    await line.source.post('/_sim/faults', held);
    const handle = await line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId: id,
      taskQueue: 'tcsync-default',
      args: [{ feed: 'default' }],
    });
    await until('the page is asked for', async () => {
      const { held } = await line.source.get<{ held: number }>('/_sim/faults');
      return held === 1;
    });
    return handle;
  }

  test('is healthy and ready while it polls', async () => {
    const well = { status: 200, body: { ok: true, problems: [] } };
    assert.deepEqual(await probe('/healthz'), well);
    assert.deepEqual(await probe('/readyz'), well);
    assert.equal((await fetch(`${line.worker.healthUrl}/`)).status, 404);
  });

  test('names the variable of a port that is taken, and ends with exit code 2', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    for (const variable of ['TCSYNC_HTTP_PORT']) {
      const free = { TCSYNC_HTTP_PORT: '0', TCSYNC_METRICS_PORT: '0' };
      const { code, stderr } = await tcsync(['worker'], {
        ...line.env,
        ...free,
        [variable]: String(port),
      });
      assert.equal(code, 2);
      assert.equal(
        stderr.trim(),
        `port ${port} is taken by another program: set ${variable} to another one, or to 0 for any that is free`,
      );
    }
    other.close();
  });

  test('is healthy and not ready while it drains', async () => {
    const handle = await startHeldRun('tcsync/default/default/run/drained');
    const stopped = line.processes.stop('the worker');
    await until('it is not ready', async () => (await probe('/readyz')).status === 503);
    const { body } = await probe('/readyz');
    assert.equal(body.ok, false);
    assert.ok(
      body.problems.includes('the worker of tcsync-default-pages is DRAINING'),
      body.problems.join(),
    );
    assert.equal((await probe('/healthz')).status, 200);
    await line.source.delete('/_sim/faults');
    assert.equal(await stopped, 0);
    await line.startWorker();
    await handle.result();
  });
});
