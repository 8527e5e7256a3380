import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { FIRST_GENERATION } from '../../activities/elasticsearch/assets/latest/generation.ts';
import type { Status } from '../../client/status/make-status.ts';
import { FINDING_KINDS } from '../../watch/finding.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { TCSYNC, tcsync } from '../tcsync.ts';
import { SECRET, startLine, type Line } from './line.ts';

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

  async function scrape(): Promise<string> {
    return (await fetch(line.worker.metricsUrl)).text();
  }

  /** A port that another program uses until `close()`. */
  async function takenPort(): Promise<{ port: number; close: () => Promise<unknown> }> {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    return { port, close: () => once(other.close(), 'close') };
  }

  /** Value of the only series with the label; `null` if there is none. */
  async function metric(name: string, label = ''): Promise<number | null> {
    const rows = (await scrape())
      .split('\n')
      .filter((row) => row.startsWith(`${name}{`) && row.includes(label));
    assert.ok(rows.length <= 1, rows.join('\n'));
    return rows[0] === undefined ? null : Number(rows[0].split(' ').at(-1));
  }

  /** Starts a run of several pages, and holds one of the first. */
  async function startHeldRun(id: string) {
    const held = { on: 'page', after: 1, times: 1, fault: { kind: 'hold' } };
    await line.source.post('/_sim/faults', held);
    const handle = await line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId: id,
      taskQueue: 'tcsync-default',
      args: [{ feed: 'default', from: '2000-01-01T00:00:00Z', pageSize: 100 }],
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

  test('shows in its metrics whether a feed is loaded, how fresh it is, and what a run did', async () => {
    await until('it has looked', async () => (await metric('tcsync_feed_loaded')) === 0);
    assert.equal(await metric('tcsync_feed_freshness_seconds'), null);
    for (const outcome of ['created', 'duplicate', 'rejected']) {
      assert.equal(await metric('tcsync_records_total', `outcome="${outcome}"`), 0);
    }
    assert.equal(await line.processes.tcsync(['run'], line.env), 0);
    assert.equal(await metric('tcsync_feed_loaded'), 1);
    const freshS = await metric('tcsync_feed_freshness_seconds');
    assert.ok(freshS !== null && freshS >= 0 && freshS < 60, String(freshS));
    const { source } = await line.compare();
    assert.equal(await metric('tcsync_records_total', 'outcome="created"'), source);
    assert.equal(await metric('tcsync_records_total', 'outcome="rejected"'), 0);
    assert.equal(await metric('tcsync_page_seconds_count'), 1);
    assert.equal(await metric('tcsync_page_seconds_bucket', 'le="900"'), 1);
    const requests = await metric('tcsync_source_request_seconds_count', 'status="200"');
    assert.ok(requests !== null && requests >= 3, String(requests));
    assert.equal(await metric('tcsync_source_wait_seconds_count'), requests);
    const bytes = await metric('tcsync_source_bytes_total');
    assert.ok(bytes !== null && bytes > source * 500, String(bytes));
    const asked = await metric('tcsync_sink_requests_total', 'status="200"');
    assert.ok(asked !== null && asked > 0);
  });

  test('has an item in docs/metrics.md for each of its metrics', async () => {
    const own = new Set((await scrape()).match(/(?<=^# TYPE )tcsync_\w+/gm));
    const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const items = new Set(page.match(/(?<=^- \*\*`)tcsync_\w+/gm));
    assert.deepEqual(own.difference(items), new Set());
    // none has failed yet, and the worker looks for the last reconciliation once a minute
    const later = new Set(['tcsync_failed_attempts_total', 'tcsync_assets']);
    assert.deepEqual(items.difference(own).difference(later), new Set());
  });

  test('knows how fresh a feed is after a restart, without a run', async () => {
    await line.processes.stop('the worker');
    await line.startWorker();
    await until('it has looked', async () => (await metric('tcsync_feed_loaded')) === 1);
    const freshS = await metric('tcsync_feed_freshness_seconds');
    assert.ok(freshS !== null && freshS > 0, String(freshS));
    assert.equal(await metric('tcsync_page_seconds_count'), null);
  });

  test('counts failed attempts by their type', async () => {
    await line.source.post('/_sim/credentials', { secretKey: 'rotated' });
    assert.equal(await line.processes.tcsync(['run'], line.env), 1);
    await line.source.post('/_sim/credentials', { secretKey: SECRET });
    assert.equal(await metric('tcsync_failed_attempts_total', 'type="SourceUnauthorized"'), 1);
    assert.equal(await metric('tcsync_source_request_seconds_count', 'status="401"'), 2);
  });

  test('shows the same findings as `tcsync status`', async () => {
    const { transform } = line.elasticsearch;
    await transform.stopTransform({ transform_id: FIRST_GENERATION.transform });
    assert.equal(await line.processes.tcsync(['pause', '--schedule'], line.env), 0);
    await line.processes.stop('the worker');
    await line.startWorker(); // otherwise the values come within a minute
    await until('it has looked', async () => (await metric('tcsync_transform_running')) === 0);
    assert.equal(await metric('tcsync_schedule_paused'), 1);
    assert.equal(await metric('tcsync_failed_runs'), 1);
    assert.ok(((await metric('tcsync_failing_seconds')) ?? 0) > 0);
    assert.equal(await metric('tcsync_open_rejects'), 0);
    assert.ok(((await metric('tcsync_transform_behind_documents')) ?? 0) > 0);
    assert.ok(((await metric('tcsync_transform_lag_seconds')) ?? 0) > 0);
    const { findings } = JSON.parse(
      (await tcsync(['status', '--json'], line.env)).stdout,
    ) as Status;
    for (const kind of FINDING_KINDS) {
      const found = findings.filter((each) => each.kind === kind && each.severity === 'attention');
      assert.equal(await metric('tcsync_findings', `kind="${kind}"`), found.length, kind);
    }
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ['latest', 'schedule', 'failed-runs'],
    );
    await transform.startTransform({ transform_id: FIRST_GENERATION.transform });
  });

  test('names the variable of a port that is in use, and ends with exit code 2', async () => {
    const { port, close } = await takenPort();
    for (const variable of ['TCSYNC_HTTP_PORT', 'TCSYNC_METRICS_PORT']) {
      const free = { TCSYNC_HTTP_PORT: '0', TCSYNC_METRICS_PORT: '0' };
      const { code, stderr } = await tcsync(['worker'], {
        ...line.env,
        ...free,
        [variable]: String(port),
      });
      assert.equal(code, 2);
      assert.equal(
        stderr.trim(),
        `port ${port} is taken by another program: set ${variable} to another port, or to 0 for any free one`,
      );
    }
    await close();
  });

  for (const signal of ['SIGKILL', 'SIGHUP', 'SIGTERM'] as const) {
    test(`ends with \`tcsync worker\`, which ends by ${signal}`, async () => {
      const child = spawn(process.execPath, [TCSYNC, 'worker'], {
        env: { ...line.env, TCSYNC_HTTP_PORT: '0', TCSYNC_METRICS_PORT: '0' },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let printed = '';
      for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
        printed += String(chunk);
        if (printed.includes('worker is polling')) break;
      }
      const ended = text(child.stdout); // the worker also holds this pipe
      child.kill(signal);
      await ended;
    });
  }

  test(
    'continues while the disk of its log is full',
    { skip: process.platform !== 'linux' },
    async () => {
      const { port, close } = await takenPort();
      await close();
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, ['worker/main.ts'], {
        env: { ...line.env, TCSYNC_HTTP_PORT: String(port), TCSYNC_METRICS_PORT: '0' },
        stdio: ['ignore', full, full],
      });
      closeSync(full);
      await until('it is ready', async () => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
        const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
        return ready?.ok ?? false;
      });
      child.kill('SIGTERM');
      assert.deepEqual(await once(child, 'exit'), [0, null]);
    },
  );

  test('answers only at the loopback address, unless it is configured otherwise', async () => {
    const { healthUrl, metricsUrl } = line.worker;
    for (const url of [healthUrl, metricsUrl]) {
      await assert.rejects(fetch(url.replace('127.0.0.1', '127.0.0.2')), url);
    }
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

  test('gives back a page that does not end in time, and another worker continues it at once', async () => {
    const handle = await startHeldRun('tcsync/default/default/run/cut-short');
    await line.processes.startWorker('another worker', line.env);
    assert.equal(await line.processes.stop('the worker'), 0, 'it reports the attempt and ends');
    await line.source.delete('/_sim/faults');
    const { counts } = await handle.result();
    const { source } = await line.compare();
    assert.equal(counts.read, source, 'nothing is lost');
    const { events } = await handle.fetchHistory();
    const second = events?.find(
      (event) => (event.activityTaskStartedEventAttributes?.attempt ?? 0) > 1,
    );
    const { lastFailure } = second?.activityTaskStartedEventAttributes ?? {};
    const { type } = lastFailure?.applicationFailureInfo ?? {};
    assert.equal(type, 'WorkerShutdown', 'given back, not missed after its heartbeats');
  });
});
