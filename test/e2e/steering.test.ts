import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { TypedSearchAttributes } from '@temporalio/common';
import { isEqual, toSentence } from '../../demo/compare.ts';
import { progress, tune } from '../../contracts/messages.ts';
import { STATE } from '../../contracts/search-attributes.ts';
import type { SyncFeedInput } from '../../contracts/sync-feed-input.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { TCSYNC, tcsync } from '../tcsync.ts';
import { SECRET, startLine, type Line } from './line.ts';

const RECORDS = 2_000;
const PAGE_SIZE = 50;
const LANES = 2;
const run = promisify(execFile);

/** A terminated run keeps its state. */
const PAUSED = 'TcsyncState = "paused" AND ExecutionStatus = "Running"';

type Counters = { requests: { page: number } };

describe('people steer a run', () => {
  let line: Line;
  before(async () => {
    line = await startLine({ records: RECORDS, env: { TC_PAGE_SIZE: '20' } });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
  });
  after(() => line.stop());
  beforeEach(async () => {
    await line.source.delete('/_sim/faults');
    await line.source.post('/_sim/counters/reset');
  });

  /** Starts a run of the whole feed, and holds the source's answer to one of its pages. */
  async function startAndHold(name: string, page: number, input: Partial<SyncFeedInput> = {}) {
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: page,
      times: 1,
      fault: { kind: 'hold' },
    });
    const handle = await line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId: `tcsync/default/default${name}`,
      taskQueue: 'tcsync-default',
      typedSearchAttributes: new TypedSearchAttributes([{ key: STATE, value: 'running' }]),
      args: [{ feed: 'default', pageSize: PAGE_SIZE, lanes: LANES, ...input }],
    });
    await until('a page is held', async () => {
      const { held } = await line.source.get<{ held: number }>('/_sim/faults');
      return held === 1;
    });
    return handle;
  }

  /** Changes records, and waits until the next window holds the changes. */
  async function change(updates: number): Promise<void> {
    await line.source.post('/_sim/mutate', { random: { seed: updates, updates } });
    await until('the changes lie in the next window', async () => {
      const { stdout } = await tcsync(['plan', '--json'], line.env);
      return (JSON.parse(stdout) as { records: number }).records >= updates;
    });
    await line.source.post('/_sim/counters/reset');
  }

  async function pagesAsked(): Promise<number> {
    return (await line.source.get<Counters>('/_sim/counters')).requests.page;
  }

  async function stateOf(handle: Awaited<ReturnType<typeof startAndHold>>) {
    return (await handle.describe()).typedSearchAttributes.get(STATE);
  }

  /** Waits until the open pages have ended and no other has begun. */
  async function holds(handle: Awaited<ReturnType<typeof startAndHold>>): Promise<void> {
    await until('the run holds', async () => {
      const { pendingActivities } = (await handle.describe()).raw;
      return (pendingActivities ?? []).length === 0;
    });
  }

  async function assertEqual(): Promise<void> {
    const comparison = await line.compare();
    assert.ok(isEqual(comparison), toSentence(comparison));
  }

  test('a paused run reads no page, even with another worker, and later continues at the same point', async () => {
    const handle = await startAndHold('/run', 5);
    const paused = await tcsync(['pause', '--reason', 'an upgrade'], line.env);
    assert.match(paused.stdout, /^paused +tcsync\/default\/default\/run: it stops/);
    await line.source.delete('/_sim/faults');
    await holds(handle);
    const asked = await pagesAsked();
    await line.processes.kill('the worker');
    await line.startWorker();
    assert.equal((await handle.query(progress))?.paused, 'an upgrade');
    const { stdout } = await tcsync(['status'], line.env);
    assert.match(stdout, /paused +tcsync\/default\/default\/run, [\d,]+ of [\d,]+ .*: an upgrade/);
    const found = await line.temporal.workflow.count(PAUSED);
    assert.equal(found.count, 1);
    assert.equal(await pagesAsked(), asked);
    assert.equal((await tcsync(['resume'], line.env)).code, 0);
    const { counts } = await handle.result();
    assert.ok(counts.pages > asked);
    assert.equal(await stateOf(handle), undefined, 'a run that is over is in no state');
    await assertEqual();
  });

  test('the `temporal` command, which knows no feeds, does the same', async () => {
    const { cli, address } = line.server;
    assert.ok(cli !== null);
    const signal = (id: string, ...more: string[]) =>
      run(cli, ['workflow', 'signal', '--address', address, '-w', id, '--name', ...more]);
    const handle = await startAndHold('/run/by-temporal', 3, { from: '2020-01-01T00:00:00Z' });
    await signal(handle.workflowId, 'pause', '--input', '"by hand"');
    await line.source.delete('/_sim/faults');
    await holds(handle);
    assert.equal((await handle.query(progress))?.paused, 'by hand');
    const asked = await pagesAsked();
    await signal(handle.workflowId, 'pause', '--input', '{"not":"a text"}');
    assert.equal((await handle.query(progress))?.paused, 'no reason given');
    assert.equal(await pagesAsked(), asked);
    await signal(handle.workflowId, 'resume');
    await handle.result();
  });

  test('signals and updates of a client with a codec block no run: it pauses, continues, refuses, and ends', async () => {
    const { cli, address } = line.server;
    assert.ok(cli !== null);
    const temporal = (command: string, id: string, ...more: string[]) => {
      const [verb = '', ...verbs] = command.split(' ');
      const input = ['--input', '"x"', '--input-meta', 'encoding=binary/encrypted'];
      return run(cli, [
        'workflow',
        verb,
        ...verbs,
        '--address',
        address,
        '-w',
        id,
        ...more,
        ...input,
      ]);
    };
    const handle = await startAndHold('/run/encoded', 3, { from: '2020-01-01T00:00:00Z' });
    const { workflowId } = handle;
    await temporal('signal', workflowId, '--name', 'pause');
    assert.equal((await handle.query(progress))?.paused, 'no reason given');
    await assert.rejects(temporal('update execute', workflowId, '--name', 'tune'), {
      stderr: /the argument of `tune` cannot be decoded \(encoding binary\/encrypted\)/,
    });
    await temporal('query', workflowId, '--type', 'progress');
    await temporal('signal', workflowId, '--name', 'resume');
    await line.source.delete('/_sim/faults');
    assert.ok((await handle.result()).counts.read > 0);

    const bad = 'tcsync/default/default/run/undecodable';
    const start = ['--type', 'syncFeed', '--task-queue', 'tcsync-default'];
    await temporal('start', bad, ...start);
    await assert.rejects(line.temporal.workflow.getHandle(bad).result(), (error: Error) => {
      const { type, message } = error.cause as Error & { type: string };
      assert.equal(type, 'BadInput');
      assert.match(
        message,
        /^the input cannot be decoded \(encoding binary\/encrypted\): send it as /,
      );
      return true;
    });
  });

  test('a tuned run uses its new page size and lanes, and refuses impossible values', async () => {
    // one lane reads one slice
    const handle = await startAndHold('/run/tuned', 2, { from: '2020-01-01T00:00:00Z', lanes: 1 });
    const tuned = await tcsync(['tune', '--page-size', '400', '--lanes', '3'], line.env);
    assert.match(tuned.stdout, /400 records a page, 3 lanes/);
    await assert.rejects(
      handle.executeUpdate(tune, { args: [{ pageSize: 0 }] }),
      (error: Error) => error.cause instanceof Error && /pageSize/.test(error.cause.message),
    );
    await assert.rejects(handle.executeUpdate(tune, { args: [{}] }));
    assert.equal((await tcsync(['tune'], line.env)).code, 2);
    await line.source.delete('/_sim/faults');
    const { counts } = await handle.result();
    assert.ok(counts.pages < counts.read / PAGE_SIZE / 2, `${counts.pages} pages`);
    assert.equal((await handle.query(progress))?.lanes, 3);
  });

  test('a cancelled run aborts the page in flight, and the next run continues after the last read record', async () => {
    await change(900);
    const handle = await startAndHold('/run', 6, { pageSize: 20 });
    const cancelled = await tcsync(['cancel'], line.env);
    assert.match(
      cancelled.stdout,
      /^cancelled .* are read; the feed's next run continues after them/,
    );
    assert.equal((await handle.describe()).status.name, 'CANCELLED');
    assert.equal(await stateOf(handle), undefined, 'a run that is over is in no state');
    await line.source.delete('/_sim/faults');
    const { stdout } = await tcsync(['status'], line.env);
    assert.match(stdout, /unfinished [\d,]+ of [\d,]+ records/);
    const next = JSON.parse((await tcsync(['run', '--json'], line.env)).stdout) as {
      counts: { pages: number };
      notes: string[];
    };
    assert.match(next.notes.join(), /continues the window/);
    const again = (await pagesAsked()) - next.counts.pages;
    assert.ok(again >= 0 && again <= LANES, `${again} pages were read twice`);
    await assertEqual();
  });

  test('if a secret is rotated in the middle of a run, only the pages in flight are read again', async () => {
    await change(800);
    await line.source.post('/_sim/script', {
      afterPage: (await pagesAsked()) + 8,
      do: { credentials: { secretKey: 'rotated' } },
    });
    const failed = await tcsync(['run', '--json'], line.env);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /SourceUnauthorized/);
    // a run that cannot open its window does not change the saved progress
    assert.equal((await tcsync(['run'], line.env)).code, 1);
    const asked = await pagesAsked();
    await line.source.post('/_sim/credentials', { secretKey: SECRET });
    const { stdout } = await tcsync(['run', '--json'], line.env);
    const { counts } = JSON.parse(stdout) as { counts: { pages: number } };
    const again = (await pagesAsked()) - counts.pages;
    assert.ok(asked >= 8 && again >= 0 && again <= LANES, `${again} pages were read twice`);
    await assertEqual();
  });

  test('`tcsync run` follows the run that the Schedule has started, and starts no second run', async () => {
    await change(300);
    const handle = await startAndHold('-2026-01-01T00:00:00Z', 1);
    const child = spawn(process.execPath, [TCSYNC, 'run', '--json'], { env: line.env });
    const stdout = text(child.stdout);
    let told = '';
    child.stderr.on('data', (data: Buffer) => (told += data.toString()));
    await until('it follows', async () => told.includes(`\nrun ${handle.workflowId}\n`));
    await line.source.delete('/_sim/faults');
    assert.deepEqual(JSON.parse(await stdout), await handle.result());
  });

  test('a paused Schedule is reported, and runs that people start still work', async () => {
    assert.equal((await tcsync(['pause', '--schedule', '--reason', 'quiet'], line.env)).code, 0);
    assert.match((await tcsync(['status'], line.env)).stdout, /Schedule +paused: quiet/);
    assert.equal((await tcsync(['run'], line.env)).code, 0);
    assert.equal((await tcsync(['resume', '--schedule'], line.env)).code, 0);
    assert.match((await tcsync(['status'], line.env)).stdout, /Schedule +next run/);
  });

  test('a cancel of a run without a worker is sent, and the command does not wait for the end', async () => {
    const env = { ...line.env, TCSYNC_NAMESPACE: 'unserved' };
    const workflowId = 'tcsync/unserved/default/run';
    const start = { workflowId, taskQueue: 'tcsync-unserved', args: [{}] };
    const handle = await line.temporal.workflow.start('syncFeed', start);
    const cancelled = await tcsync(['cancel', '--run', workflowId], env);
    assert.match(cancelled.stdout, /^asked .*no worker is polling/);
    assert.equal(cancelled.code, 0);
    await handle.terminate();
    const paused = await tcsync(['pause', '--run', workflowId], env);
    assert.equal(paused.code, 1);
    assert.match(paused.stderr, /^tcsync\/unserved\/default\/run is not an open run$/m);
  });

  test('if no run is open, a steering command says so and does nothing', async () => {
    const { code, stderr } = await tcsync(['pause'], line.env);
    assert.equal(code, 1);
    assert.match(stderr, /feed default has no open run/);
  });
});
