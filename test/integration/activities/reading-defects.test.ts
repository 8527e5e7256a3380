import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { RejectStore } from '../../../activities/elasticsearch/reject-store.ts';
import { createActivities } from '../../../activities/index.ts';
import type { ThreatConnectOptions } from '../../../stand-ins/threatconnect/server.ts';
import { LAG_SECONDS } from '../../moving-source/source-steps.ts';
import { stage, type Stage } from '../../stage.ts';
import { assertEqualVersions } from './equality.ts';
import { patient } from './patient.ts';
import { Places } from './places.ts';
import { PlayedRun } from './played-run.ts';

/**
 * Defects of Elastic's integration that lose records. Every test compares ids and versions: a lost record and a doubled
 * one leave the totals as they are.
 */
const PAGE_SIZE = 50;
const SECONDS = 10;

type Counters = { requests: { page: number }; changesBetweenPages: number };

async function start(context: TestContext, options: ThreatConnectOptions): Promise<Stage> {
  const set = await stage(
    { associations: false, ...options },
    { TC_HTTP_TIMEOUT: '1s', TC_SAFETY_LAG: '1s' },
  );
  context.after(() => set.close());
  await set.apply();
  return set;
}

let runs = 0;
function begin(set: Stage, pageSize = PAGE_SIZE): Promise<PlayedRun> {
  const activities = patient(createActivities(set.deps));
  return PlayedRun.begin(set, activities, `run-${(runs += 1)}`, { from: null, pageSize });
}

/** One more run, after which everything is older than the safety lag. */
async function quietRun(set: Stage): Promise<void> {
  await set.source.delete('/_sim/script');
  await set.source.post('/_sim/clock', { advanceMs: 5_000 });
  await (await begin(set)).finish();
}

/** Behind every page records change, and leave the list that is being read. */
async function changeAllTheTime(set: Stage): Promise<void> {
  const random = { seed: 7, updates: 9, creates: 1 };
  await set.source.post('/_sim/script', { afterPage: 1, every: true, random });
}

test('D1: a record that changes in the second of the newest one, after that was read, arrives', async (context) => {
  const places = new Places();
  context.after(() => places.close());
  const { set, source, comparer, configuration } = await places.next();
  const { activities } = configuration(0);
  await source.begin(30);
  const tick = async (name: string) => {
    const run = await PlayedRun.begin(set, activities, name, { from: null, pageSize: 5 });
    await run.finish();
    return run.current.window.to;
  };
  for (let second = 1; second <= SECONDS; second += 1) {
    const stamp = new Date(await source.nowMs()).toISOString().slice(0, 19);
    await source.do({ do: 'update', which: [second, second + 1, second + 2] });
    const late = { do: 'late', seconds: LAG_SECONDS + 3, waits: LAG_SECONDS + 1 } as const;
    await source.do({ ...late, which: second + 5, create: second % 2 === 0 });
    assert.ok((await tick(`at-${second}`)) > stamp, 'that second was read');
    await source.do({ do: 'wait', seconds: 4 });
  }
  await source.quiet();
  await tick('quiet');
  const { missing, stale } = await comparer.compare();
  assert.deepEqual({ missing, stale }, { missing: [], stale: [] });
});

test('D2: records that leave the list while it is read shift no other record out of it', async (context) => {
  const set = await start(context, { records: 1_500 });
  await changeAllTheTime(set);
  await (await begin(set)).finish();
  const { changesBetweenPages } = await set.source.get<Counters>('/_sim/counters');
  assert.ok(changesBetweenPages >= 250, `${changesBetweenPages} changes between two pages`);
  await quietRun(set);
  await assertEqualVersions(set);
});

test('D2b: a run that fails and is continued, while the list changes, loses no record', async (context) => {
  const set = await start(context, { records: 1_500 });
  await changeAllTheTime(set);
  await set.source.post('/_sim/faults', {
    on: 'page',
    after: 8,
    fault: { kind: 'status', status: 401 },
  });
  const failing = await begin(set);
  await assert.rejects(failing.finish(), { type: 'SourceUnauthorized' });
  await failing.save();
  await set.source.delete('/_sim/faults');
  const next = await begin(set);
  assert.match(next.current.notes.join(), /continues the window/);
  assert.ok(next.current.counts.read >= 5 * PAGE_SIZE, 'it goes on where the first one was');
  await next.finish();
  await quietRun(set);
  await assertEqualVersions(set);
});

describe('D3: the same run goes on, and waits for no interval, after', () => {
  for (const [what, times, fault] of [
    ['a body that is cut midway', 1, { kind: 'cut', atBytes: 9_000 }],
    ['a page of HTML with status 200', 2, { kind: 'html200' }],
    // Elastic's integration repeats a request five times, within 31 s
    ['twenty failures in a row', 20, { kind: 'status', status: 503 }],
  ] as const) {
    test(what, async (context) => {
      const set = await start(context, { records: 400 });
      await set.source.post('/_sim/faults', { on: 'any', after: 12, times, fault });
      await (await begin(set)).finish();
      assert.deepEqual((await set.source.get<{ armed: unknown[] }>('/_sim/faults')).armed, []);
      await assertEqualVersions(set);
    });
  }
});

test('D12: a run of more than 1,000 pages reads all of them', async (context) => {
  const set = await start(context, { records: 1_100 });
  const run = await begin(set, 1);
  await run.finish();
  assert.ok(run.current.counts.pages > 1_000, `${run.current.counts.pages} pages`);
  await assertEqualVersions(set);
});

test('D14: a record that makes every page fail is asked for in one run only, and newer records arrive', async (context) => {
  const set = await start(context, { records: 120 });
  const truth = await set.source.lines<{ id: string; active: boolean }>('/_sim/truth');
  const id = truth.filter(({ active }) => active)[30]?.id ?? '';
  await set.source.post('/_sim/killers', { id, how: 'status', status: 502 });
  const first = await begin(set);
  await first.finish();
  assert.equal(first.current.counts.rejected, 1);
  const random = { seed: 9, creates: 20 };
  await set.source.post('/_sim/mutate', { random });
  await set.source.post('/_sim/clock', { advanceMs: 5_000 });
  await set.source.post('/_sim/counters/reset');
  const second = await begin(set);
  await second.finish();
  assert.equal(second.current.counts.created, random.creates);
  const { requests } = await set.source.get<Counters>('/_sim/counters');
  assert.equal(requests.page, second.current.counts.pages);
  await assertEqualVersions(set, id);
  await set.sink.indices.refresh({ index: 'logs-tcsync.reject-*' });
  const query = { feed: null, state: null, size: 10, after: null };
  const { rejects } = await new RejectStore(set.sink, 'default').list(
    query,
    new AbortController().signal,
  );
  assert.equal(rejects.length, 1);
});
