import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Client } from '@temporalio/client';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { NO_COUNTS } from '../../contracts/counts.ts';
import { toProgress } from '../../workflows/to-progress.ts';
import { connectTemporal } from '../../client/session.ts';
import { loadConfig } from '../../config/load.ts';
import { startDevServer, type DevServer } from '../../demo/dev-server.ts';
import { withoutSettings } from '../../demo/demo-settings.ts';
import { startElasticsearch } from '../../stand-ins/elasticsearch/server.ts';
import type { Finding } from '../../watch/finding.ts';
import { Temporal } from '../../activities/temporal/temporal.ts';
import { createDeps } from '../../worker/create-deps.ts';
import { Watcher } from '../../worker/watcher.ts';
import { openInput } from '../open-input.ts';
import { stage, until } from '../stage.ts';

const EVERY_MS = 60_000;

/** Records the values that it gets. */
class Told {
  readonly ages: (number | null)[] = [];
  readonly kinds: string[][] = [];

  fresh(_feed: string, ageMs: number | null): void {
    this.ages.push(ageMs);
  }

  seen(_look: unknown, found: readonly Finding[]): void {
    this.kinds.push(found.map(({ kind }) => kind));
  }
}

describe('a worker that watches', { timeout: 120_000 }, () => {
  let server: DevServer;
  let temporal: Client;
  let disconnect: () => Promise<void>;
  before(async () => {
    server = await startDevServer({
      env: withoutSettings(process.env),
      report: (line) => process.stderr.write(`${line}\n`),
    });
    const connected = await connectTemporal({ TEMPORAL_ADDRESS: server.address });
    ({ temporal } = connected);
    disconnect = () => connected.connection.close();
  });
  after(async () => {
    await disconnect();
    await server.stop();
  });

  test('shows a growing age while Elasticsearch is away, with one line in the log and a finding', async (t) => {
    const elasticsearch = await startElasticsearch({});
    const config = loadConfig(
      {
        TC_URL: 'http://127.0.0.1:1',
        TC_ACCESS_ID: '1',
        TC_SECRET_KEY: 'secret',
        ES_URL: elasticsearch.url,
      },
      { cwd: import.meta.dirname },
    );
    const deps = createDeps(config, new Temporal(temporal, config.program.namespace));
    t.after(() => deps.close());
    t.mock.timers.enable({ apis: ['setInterval'] });
    const told = new Told();
    const lines: LogEntry[] = [];
    const log = new DefaultLogger('INFO', (entry) => lines.push(entry));
    const watcher = new Watcher(deps, temporal, told, log);
    t.after(() => Promise.all([watcher.stop(), elasticsearch.close()]));
    watcher.start();
    await until('it is told that there is no watermark', async () => told.ages.at(-1) === null);
    assert.deepEqual(told.kinds.at(-1), ['assets', 'worker', 'schedule', 'schedule']);

    const committedMs = deps.source.clock.nowMs() - 60_000;
    watcher.committed('default', new Date(committedMs).toISOString());
    const atCommit = told.ages.at(-1) ?? 0;
    assert.ok(atCommit >= 60_000, String(atCommit));

    await elasticsearch.close();
    for (const round of [1, 2, 3]) {
      const before = told.ages.length;
      t.mock.timers.tick(EVERY_MS);
      await until(`it is told again, ${round}`, async () => told.ages.length > before);
    }
    const last = told.ages.at(-1) ?? 0;
    assert.ok(last > atCommit, `${last} is not more than ${atCommit}`);
    assert.equal(lines.length, 1, lines.map(({ message }) => message).join());
    assert.ok(told.kinds.at(-1)?.includes('elasticsearch'));
  });

  test('shows no age during a first load, until it is committed', async (t) => {
    const set = await stage({ records: 10 });
    t.after(() => set.close());
    await set.apply();
    const firstAge = async () => {
      const told = new Told();
      const watcher = new Watcher(set.deps, temporal, told, new DefaultLogger('ERROR'));
      watcher.start();
      await until('it is told', async () => told.ages.length > 0);
      await watcher.stop();
      return told.ages[0];
    };
    const opened = await set.run('openWindow', openInput());
    const feed = 'default';
    const reached = { feed, runId: 'run', progress: toProgress(opened) };
    await set.run('checkpointWindow', { feed, opened, to: '2020-01-01T00:00:00Z', reached });
    assert.equal(await firstAge(), null);
    const counts = { ...NO_COUNTS, pages: 1 };
    await set.run('commitWindow', { feed, runId: 'run', opened, counts, late: 0, attention: [] });
    assert.ok(((await firstAge()) ?? 0) > 0);
  });

  test('logs an error of the code that gets its results, and does not crash', async (t) => {
    const set = await stage({ records: 10 });
    t.after(() => set.close());
    const lines: LogEntry[] = [];
    const told = new Told();
    told.seen = () => {
      throw new Error('a fault');
    };
    const log = new DefaultLogger('INFO', (entry) => lines.push(entry));
    const watcher = new Watcher(set.deps, temporal, told, log);
    watcher.start();
    await until('it is logged', async () => lines.length > 0);
    await watcher.stop();
    assert.equal(lines[0]?.level, 'ERROR');
  });
});
