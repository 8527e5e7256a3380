import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Status } from '../../client/status/make-status.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { TCSYNC, tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

const run = promisify(execFile);

/** The command of the documentation: Temporal generates an id, and there are no search attributes. */
describe('a run that was started by `temporal workflow start`', { timeout: 600_000 }, () => {
  let line: Line;
  let workflowId: string;
  before(async () => {
    line = await startLine({ records: 1_000, env: { TC_PAGE_SIZE: '50' } });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
    await line.source.post('/_sim/faults', { on: 'page', after: 2, fault: { kind: 'hold' } });
    const { cli, address } = line.server;
    assert.ok(cli !== null);
    const start = ['workflow', 'start', '--address', address, '--type', 'syncFeed', '-o', 'json'];
    const what = ['--task-queue', 'tcsync-default', '--input', '{"feed":"default"}'];
    const { stdout } = await run(cli, [...start, ...what]);
    ({ workflowId } = JSON.parse(stdout) as { workflowId: string });
    assert.doesNotMatch(workflowId, /^tcsync/);
    await until('its pages are asked for', async () => {
      return (await line.source.get<{ held: number }>('/_sim/faults')).held > 0;
    });
    await until('it is listed', async () => {
      return (await line.temporal.workflow.count('ExecutionStatus = "Running"')).count === 1;
    });
  });
  after(() => line.stop());

  test('is shown by status, with its progress, page size and lanes', async () => {
    const { stdout, code } = await tcsync(['status', '--json'], line.env);
    const { feeds } = JSON.parse(stdout) as Status;
    assert.equal(code, 0, stdout);
    assert.equal(feeds[0]?.load, 'loading');
    assert.deepEqual(
      feeds[0]?.running.map((each) => [each.workflowId, each.reads]),
      [[workflowId, { pageSize: 50, pageSizeMax: 50, lanes: 2 }]],
    );
  });

  test('is tuned', async () => {
    const { stdout } = await tcsync(['tune', '--page-size', '60'], line.env);
    assert.equal(stdout, `tuned      ${workflowId}: 60 records a page, 2 lanes\n`);
  });

  test('is paused and resumed, and status says so', async () => {
    const paused = await tcsync(['pause', '--reason', 'an upgrade'], line.env);
    assert.match(paused.stdout, new RegExp(`^paused +${workflowId}: `));
    const { stdout, code } = await tcsync(['status'], line.env);
    assert.match(stdout, new RegExp(`^! default: run ${workflowId} is paused: an upgrade$`, 'm'));
    assert.equal(code, 3);
    assert.match(
      (await tcsync(['resume'], line.env)).stdout,
      new RegExp(`^resumed +${workflowId}`),
    );
  });

  test('is followed by `tcsync run`, which starts no second run and can attach again', async () => {
    const child = spawn(process.execPath, [TCSYNC, 'run'], { env: line.env });
    let told = '';
    child.stderr.on('data', (data: Buffer) => (told += data.toString()));
    await until('it follows', async () => told.includes('records'));
    child.kill('SIGINT');
    await once(child, 'exit');
    assert.match(told, new RegExp(`^run ${workflowId}$`, 'm'));
    assert.match(told, /detached; the run continues\. The same command attaches to it again/);
  });

  test('is cancelled', async () => {
    const { stdout, code } = await tcsync(['cancel'], line.env);
    assert.match(stdout, new RegExp(`^cancelled +${workflowId}: [\\d,]+ of [\\d,]+ records`));
    assert.equal(code, 0);
    const handle = line.temporal.workflow.getHandle<typeof syncFeed>(workflowId);
    assert.equal((await handle.describe()).status.name, 'CANCELLED');
    assert.match((await tcsync(['pause'], line.env)).stderr, /feed default has no open run/);
  });
});
