import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { loadConfig } from '../../../config/load.ts';
import { NO_COUNTS } from '../../../contracts/window.ts';
import { startElasticsearch } from '../../../simulators/elasticsearch/server.ts';
import { createDeps } from '../../../worker/deps.ts';
import { Freshness } from '../../../worker/freshness.ts';
import { openInput } from '../../open-input.ts';
import { stage, until } from '../../stage.ts';

const REFRESH_MS = 30_000;

test('the age of the data grows on while Elasticsearch cannot be reached, with one line in the log', async (t) => {
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
  const deps = createDeps(config);
  t.after(() => deps.close());
  t.mock.timers.enable({ apis: ['setInterval'] });
  const ages: (number | null)[] = [];
  const lines: LogEntry[] = [];
  const freshness = new Freshness(
    deps,
    { fresh: (_feed, ageMs) => ages.push(ageMs) },
    new DefaultLogger('INFO', (entry) => lines.push(entry)),
  );
  freshness.start();
  await until('it is told that there is no watermark', async () => ages.at(-1) === null);

  const committedMs = deps.source.clock.nowMs() - 60_000;
  freshness.committed('default', new Date(committedMs).toISOString());
  const atCommit = ages.at(-1) ?? 0;
  assert.ok(atCommit >= 60_000, String(atCommit));

  await elasticsearch.close();
  for (const round of [1, 2, 3]) {
    const told = ages.length;
    t.mock.timers.tick(REFRESH_MS);
    await until(`it is told again, ${round}`, async () => ages.length > told);
  }
  const last = ages.at(-1) ?? 0;
  assert.ok(last > atCommit, `${last} is not more than ${atCommit}`);
  assert.equal(lines.length, 1, lines.map(({ message }) => message).join());
  await freshness.stop();
});

test('a first load under way has no age to be told, until it is committed', async (t) => {
  const set = await stage({ records: 10 });
  t.after(() => set.close());
  await set.run('reconcileAllAssets', { dryRun: false });
  const told = async () => {
    const ages: (number | null)[] = [];
    const log = new DefaultLogger('ERROR');
    const freshness = new Freshness(set.deps, { fresh: (_feed, ageMs) => ages.push(ageMs) }, log);
    freshness.start();
    await until('it is told', async () => ages.length > 0);
    await freshness.stop();
    return ages[0];
  };
  const opened = await set.run('openWindow', openInput());
  const feed = 'default';
  await set.run('advanceWatermark', { feed, opened, to: '2020-01-01T00:00:00Z' });
  assert.equal(await told(), null);
  const counts = { ...NO_COUNTS, pages: 1 };
  await set.run('commitWindow', { feed, runId: 'run', opened, counts, late: 0 });
  assert.ok(((await told()) ?? 0) > 0);
});
