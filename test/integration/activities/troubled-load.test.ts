import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RejectStore } from '../../../activities/elasticsearch/reject-store.ts';
import { createActivities, type Activities } from '../../../activities/index.ts';
import { dataStream } from '../../../contracts/names.ts';
import {
  failedRequests,
  mulberry32,
  startFailingProxy,
  type FailingProxy,
} from '../../../stand-ins/failing-proxy.ts';
import { stage, type Stage } from '../../stage.ts';
import { assertEqualVersions } from './equality.ts';
import { patient } from './patient.ts';
import { PlayedRun } from './played-run.ts';

const RECORDS = 600;
const PAGE_SIZE = 20;
const SEEDS = 6;
const STREAM = dataStream('default');
/** A run may fail if an owner or the data stream is gone; the next tick continues. */
const RUNS_MAX = 6;

let proxy: FailingProxy;
let set: Stage;
let activities: Activities;
let owners: string[];

type Load = { records?: number; env?: NodeJS.ProcessEnv };

async function start(seed: number, { records = RECORDS, env = {} }: Load = {}): Promise<void> {
  proxy = await startFailingProxy(seed);
  set = await stage(
    { records },
    { TC_URL: proxy.url, TC_HTTP_TIMEOUT: '1s', TC_SAFETY_LAG: '1s', ...env },
  );
  proxy.target = set.source.url;
  activities = createActivities(set.deps);
  await set.apply();
  const all = await set.source.get<{ owners: { name: string }[] }>('/_sim/owners');
  owners = all.owners.map(({ name }) => name);
}

async function stop(): Promise<void> {
  await set.close();
  await proxy.close();
}

/** Starts ticks until one finishes without a note of trouble; repeats each attempt as Temporal does. */
async function tickUntilQuiet(): Promise<PlayedRun[]> {
  const runs: PlayedRun[] = [];
  for (let tick = 1; tick <= RUNS_MAX; tick += 1) {
    const run = await PlayedRun.begin(set, patient(activities), `run-${tick}`, {
      from: null,
      pageSize: PAGE_SIZE,
    });
    runs.push(run);
    try {
      await run.finish();
    } catch (error) {
      if ((error as { nonRetryable?: boolean }).nonRetryable !== true) throw error;
      await run.save().catch(() => undefined);
      continue;
    }
    const { kind, notes, absentOwnerIds } = run.current;
    if (kind === 'next' && notes.length === 0 && absentOwnerIds.length === 0) return runs;
  }
  return assert.fail(`still at work after ${RUNS_MAX} runs`);
}

async function assertEqual(): Promise<void> {
  await assertEqualVersions(set);
  await set.sink.indices.refresh({ index: 'logs-tcsync.reject-*', allow_no_indices: true });
  const { rejects } = await new RejectStore(set.sink, 'default').list(
    { feed: null, state: null, size: 10, after: null },
    new AbortController().signal,
  );
  assert.deepEqual(rejects, []);
}

describe('a load through a proxy that fails at random', () => {
  for (const percent of [10, 30, 60]) {
    test(`${percent} % of all requests ends, loses nothing and rejects nothing`, async (context) => {
      await start(percent);
      context.after(stop);
      proxy.rate = percent / 100;
      const [first] = await tickUntilQuiet();
      await assertEqual();
      const failed = failedRequests(proxy);
      assert.ok(failed > 0);
      context.diagnostic(
        `${failed} of ${failed + proxy.passed} requests failed, ${first?.current.counts.pages} pages`,
      );
    });
  }
});

describe('an owner that vanishes and returns at any moment', () => {
  for (const [what, { named, rate, changes }] of [
    ['within a load', { named: false, rate: 0, changes: false }],
    ['within a load of named owners', { named: true, rate: 0, changes: false }],
    ['while requests fail', { named: false, rate: 0.2, changes: false }],
    ['while records change', { named: false, rate: 0, changes: true }],
  ] as const) {
    test(`${what}: after two more runs nothing is missing`, async (context) => {
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        await start(seed, { records: 300 });
        if (named) {
          await stop();
          await start(seed, { records: 300, env: { TC_OWNERS: owners.join(',') } });
        }
        try {
          context.diagnostic(await vanishing(seed, rate, changes));
        } finally {
          await stop();
        }
      }
    });
  }
});

test('records of a hidden owner that are missed by separate reads are found by their ids and fetched', async (context) => {
  await start(11, { records: 120 });
  context.after(stop);
  await set.source.post('/_sim/switches', { nestedLimit: 1, nestedCount: true });
  // hidden for each request by one id, and visible again for the count and for the request for owners
  let isHidden = false;
  proxy.onRequest = async (path) => {
    const hides = /tql=[^&]*id%20%3D%20\d/.test(path);
    if (hides === isHidden) return;
    isHidden = hides;
    for (const owner of owners) {
      await set.source.post('/_sim/owners', hides ? { hide: owner } : { show: owner });
    }
  };
  const run = await PlayedRun.begin(set, activities, 'apart', { from: null, pageSize: 50 });
  await run.step(0);
  await run.step(0);
  proxy.onRequest = () => Promise.resolve();
  for (const owner of owners) await set.source.post('/_sim/owners', { show: owner });
  await run.finish();
  await assertEqual();
});

/** A load during which an owner is hidden and shown again, each for some requests, and the runs after it. */
async function vanishing(seed: number, rate: number, changes: boolean): Promise<string> {
  const random = mulberry32(seed);
  const owner = owners[seed % owners.length] ?? '';
  let isHidden = false;
  let times = 0;
  const toggle = async () => {
    isHidden = !isHidden;
    times += 1;
    await set.source.post('/_sim/owners', isHidden ? { hide: owner } : { show: owner });
  };
  proxy.rate = rate;
  proxy.onRequest = async () => {
    if (times < 8 && random() < (isHidden ? 0.3 : 0.1)) await toggle();
    if (changes && random() < 0.2) {
      await set.source.post('/_sim/mutate', { random: { seed: times, updates: 3 } });
    }
  };
  await tickSome(2);
  proxy.onRequest = () => Promise.resolve();
  if (isHidden) await toggle();
  await set.source.post('/_sim/clock', { advanceMs: 5_000 });
  await tickUntilQuiet();
  await assertEqual();
  return `seed ${seed}: hidden or shown ${times} times`;
}

/** Runs that may fail, because an owner may be hidden before it was ever seen. */
async function tickSome(ticks: number): Promise<void> {
  for (let tick = 1; tick <= ticks; tick += 1) {
    const run = await PlayedRun.begin(set, patient(activities), `some-${tick}`, {
      from: null,
      pageSize: PAGE_SIZE,
    }).catch(() => null);
    await run?.finish().catch(() => run.save().catch(() => undefined));
  }
}

describe('the data stream is deleted', () => {
  before(() => start(3));
  after(stop);

  test('between two runs: everything is read again, and the run says so', async () => {
    await tickUntilQuiet();
    await set.sink.indices.deleteDataStream({ name: STREAM });
    const run = await PlayedRun.begin(set, activities, 'after-deletion', {
      from: null,
      pageSize: PAGE_SIZE,
    });
    assert.equal(run.current.kind, 'whole');
    assert.match(run.current.notes.join(), /data stream .* no longer exists/);
    await run.finish();
    await assertEqual();
  });

  test('within a load: the run fails and says so, and the next run reads everything', async () => {
    await set.sink.delete({ index: 'tcsync-state-default', id: 'feed:default' });
    const run = await PlayedRun.begin(set, activities, 'cut', { from: null, pageSize: PAGE_SIZE });
    for (let page = 0; page < 9; page += 1) await run.step(page);
    await set.sink.indices.deleteDataStream({ name: STREAM });
    await assert.rejects(run.finish(), { type: 'StreamReplaced', nonRetryable: true });
    await assert.rejects(run.save(), { type: 'StreamReplaced' });
    await tickUntilQuiet();
    await assertEqual();
  });

  test('is not reported after a rollover that deletes only the first index', async () => {
    await set.sink.indices.rollover({ alias: STREAM });
    const { data_streams: streams } = await set.sink.indices.getDataStream({ name: STREAM });
    const run = await PlayedRun.begin(set, activities, 'rolled', { from: null, pageSize: null });
    await run.finish();
    await set.sink.indices.delete({ index: streams[0]?.indices[0]?.index_name ?? '' });
    const next = await PlayedRun.begin(set, activities, 'next', { from: null, pageSize: null });
    assert.equal(next.current.kind, 'next');
  });
});
