import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RejectStore } from '../../../activities/elasticsearch/reject-store.ts';
import type { SyncPageInput } from '../../../contracts/activities.ts';
import type { Counts } from '../../../contracts/counts.ts';
import { BEGINNING } from '../../../contracts/progress.ts';
import { compare, isEqual } from '../../../demo/compare.ts';
import { storedVersions } from '../../../demo/stored-versions.ts';
import { stage, withStage, type Stage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';
import { advance, ALIAS, INDEX, settle, STREAM } from './transform-stage.ts';

const SIGNAL = new AbortController().signal;
const PROOF = { ...BEGINNING, pass: 2 };

type Truth = { id: string; active: boolean; deleted: boolean; lastModified: string };
type Document = {
  '@timestamp': string;
  event: { action?: string; created: string; type: string[]; hash: string };
  tcsync: { run_id: string };
  threat_connect: { indicator: { id: string; deleted_at: string; active: { value: boolean } } };
};

const idOf = ({ threat_connect: { indicator } }: Document): string => indicator.id;

/** A server that lists inactive indicators too, as versions before 2024 may do. */
async function listAll(set: Stage): Promise<void> {
  await set.source.post('/_sim/switches', { defaultStatus: 'all' });
}

async function truthOf(set: Stage): Promise<Truth[]> {
  const truth = await set.source.lines<Truth>('/_sim/truth');
  return truth.filter(({ deleted }) => !deleted);
}

async function activeIds(set: Stage): Promise<string[]> {
  return (await truthOf(set)).filter(({ active }) => active).map(({ id }) => id);
}

async function read(set: Stage, changes: Partial<SyncPageInput> = {}): Promise<Counts> {
  const { counts } = await set.run('syncPage', { ...wholeFeed(set), ...changes });
  await set.sink.indices.refresh({ index: STREAM });
  return counts;
}

/** Changes the status; `silent`: without moving `lastModified`. */
async function become(set: Stage, op: 'activate' | 'deactivate', id: string, silent: boolean) {
  await set.source.post('/_sim/mutate', { changes: [{ op, id, silent }] });
}

async function versions(set: Stage, id: string): Promise<Document[]> {
  const stored = (await set.stored()).map(({ _source }) => _source as Document);
  return stored.filter((document) => idOf(document) === id);
}

/** Ids in the latest index, after the transform has seen everything and its retention has run. */
async function latest(set: Stage): Promise<Set<string>> {
  for (let turn = 0; turn < 4; turn += 1) await advance(set, 120_000);
  await settle(set);
  await set.sink.indices.refresh({ index: INDEX });
  const { hits } = await set.sink.search<Document>({ index: ALIAS, size: 1_000 });
  return new Set(hits.hits.flatMap(({ _source }) => (_source ? [idOf(_source)] : [])));
}

for (const silent of [false, true]) {
  const how = silent ? 'without a moved lastModified' : 'with a moved lastModified';
  describe(`an indicator that becomes inactive and active again, ${how}`, () => {
    let set: Stage;
    let id: string;
    let active: string[];
    let inactive: string[];
    before(async () => {
      set = await stage({ records: 60 });
      await set.apply();
      await listAll(set);
      const before = await truthOf(set);
      for (const record of before.slice(-3)) await become(set, 'deactivate', record.id, false);
      const truth = await truthOf(set);
      active = truth.filter((record) => record.active).map((record) => record.id);
      inactive = truth.filter((record) => !record.active).map((record) => record.id);
      id = active[5] ?? '';
      assert.ok(inactive.length >= 3);
    });
    after(() => set.close());

    async function assertEqual(): Promise<void> {
      const live = (await truthOf(set))
        .filter((record) => record.active)
        .map((record) => ({
          id: record.id,
          lastModified: `${record.lastModified.slice(0, 19)}Z`,
        }));
      assert.ok(isEqual(compare(live, await storedVersions(set.sink, STREAM, 'default'))));
    }

    test('nothing is written of inactive indicators that are not known', async () => {
      const counts = await read(set);
      assert.deepEqual(counts, {
        pages: 1,
        read: active.length + inactive.length,
        created: active.length,
        duplicate: 0,
        rejected: 0,
        ended: 0,
        inactive: inactive.length,
      });
      assert.ok((await latest(set)).has(id));
      await assertEqual();
    });

    test('it ends once, whatever is read again', async () => {
      await become(set, 'deactivate', id, silent);
      const [first, retry, next] = [
        await read(set, { runId: 'run-2' }),
        await read(set, { runId: 'run-2' }),
        await read(set, { runId: 'run-3' }),
      ];
      const endedOf = ({ created, ended, inactive: nothing }: Counts) => [created, ended, nothing];
      assert.deepEqual(endedOf(first), [0, 1, inactive.length]);
      assert.deepEqual(endedOf(retry), [0, 0, inactive.length + 1]);
      assert.deepEqual(endedOf(next), [0, 0, inactive.length + 1]);
      const [live, tombstone, ...more] = await versions(set, id);
      assert.ok(live !== undefined && tombstone !== undefined);
      assert.equal(more.length, 0);
      assert.deepEqual(tombstone.event.type, ['deletion']);
      assert.equal(tombstone.event.action, 'deactivated');
      assert.equal(tombstone.tcsync.run_id, 'run-2');
      assert.ok(tombstone.event.created > live.event.created);
      assert.ok(tombstone['@timestamp'] > live['@timestamp']);
      assert.equal(tombstone.threat_connect.indicator.active.value, false);
    });

    test('it leaves the latest index, and no other does', async () => {
      const left = active.filter((each) => each !== id);
      assert.deepEqual([...(await latest(set))].toSorted(), left.toSorted());
      await assertEqual();
    });

    test('a proof does not read it again', async () => {
      const { read: asked, ended, created } = await read(set, { position: PROOF, runId: 'run-4' });
      // inactive indicators that are not known are asked for: they may still be in the latest index
      assert.deepEqual([asked, ended, created], [inactive.length, 0, 0]);
    });

    test('it comes back when it is active again, and its history has each version', async () => {
      await become(set, 'activate', id, silent);
      const { created, ended } = await read(set, { runId: 'run-5' });
      assert.deepEqual([created, ended], [1, 0]);
      assert.ok((await latest(set)).has(id));
      await assertEqual();
      const [live, tombstone, back, ...more] = await versions(set, id);
      assert.equal(more.length, 0);
      assert.equal(back?.event.hash === live?.event.hash, silent);
      assert.ok((back?.event.created ?? '') > (tombstone?.event.created ?? ''));
      assert.equal((await read(set, { runId: 'run-6' })).created, 0);
    });

    test('it ends once more', async () => {
      await become(set, 'deactivate', id, silent);
      assert.equal((await read(set, { runId: 'run-7' })).ended, 1);
      assert.ok(!(await latest(set)).has(id));
      assert.equal((await versions(set, id)).length, 4);
    });
  });
}

test('a proof reads what is active again, and what is no longer', () =>
  withStage(async (set) => {
    await read(set);
    await listAll(set);
    const [comes = '', goes = ''] = await activeIds(set);
    await become(set, 'deactivate', comes, true);
    assert.equal((await read(set, { runId: 'run-2' })).ended, 1);
    await become(set, 'activate', comes, true);
    await become(set, 'deactivate', goes, true);
    const { created, ended } = await read(set, { position: PROOF, runId: 'run-3' });
    assert.deepEqual([created, ended], [1, 1]);
    const types = (await versions(set, comes)).map(({ event }) => event.type[0]);
    assert.deepEqual(types, ['indicator', 'deletion', 'indicator']);
  }));

test('an indicator that is only in the latest index ends too', () =>
  withStage(async (set) => {
    await read(set);
    await listAll(set);
    const [id = ''] = await activeIds(set);
    assert.ok((await latest(set)).has(id));
    await set.sink.deleteByQuery({
      index: STREAM,
      query: { term: { 'threat_connect.indicator.id': id } },
      refresh: true,
    });
    await become(set, 'deactivate', id, false);
    assert.equal((await read(set, { runId: 'run-2' })).ended, 1);
    assert.ok(!(await latest(set)).has(id));
  }));

test('a reject that is inactive now is settled, and its indicator has ended', () =>
  withStage(
    async (set) => {
      await read(set);
      await listAll(set);
      const [id = ''] = await activeIds(set);
      await set.source.post('/_sim/damages', { id, padBytes: 2 * 1024 * 1024 });
      assert.equal((await read(set, { runId: 'run-2' })).rejected, 1);
      await set.source.delete('/_sim/damages');
      await become(set, 'deactivate', id, false);
      const index = 'logs-tcsync.reject-default';
      await set.sink.indices.refresh({ index });
      const input = { feed: 'default', runId: 'replay-1', rejects: null, after: null };
      const { counts } = await set.run('replayBatch', input);
      assert.deepEqual([counts.asked, counts.inactive, counts.written], [1, 1, 0]);
      await set.sink.indices.refresh({ index });
      const asked = { feed: null, state: null, size: 100, after: null };
      const { rejects } = await new RejectStore(set.sink, 'default').list(asked, SIGNAL);
      assert.deepEqual(
        rejects.map(({ indicatorId, state }) => [indicatorId, state]),
        [[id, 'inactive']],
      );
      assert.equal((await versions(set, id)).at(-1)?.event.action, 'deactivated');
    },
    { TC_MAX_BODY: '1MiB' },
  ));

for (const env of [
  { TCSYNC_OUTPUT_PROFILE: 'compatible', TCSYNC_EXPIRY: 'fixed' },
  { ES_ASSETS: 'feed-only' },
]) {
  test(`with ${Object.entries(env)[0]?.join('=')} an inactive record is written as any other`, () =>
    withStage(async (set) => {
      await listAll(set);
      const truth = await truthOf(set);
      const { created, rejected, ended, inactive } = await read(set);
      assert.deepEqual([created, rejected, ended, inactive], [truth.length, 0, 0, 0]);
    }, env));
}
