import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { BEGINNING } from '../../../contracts/progress.ts';
import { RejectStore } from '../../../activities/elasticsearch/reject-store.ts';
import type { SyncPageInput, SyncPageResult } from '../../../contracts/activities.ts';
import { openInput } from '../../open-input.ts';
import { stage, type Stage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';

const RECORDS = 60;
const SIGNAL = new AbortController().signal;
const MAX = 40;

type Truth = { id: string; active: boolean; deleted: boolean };
type Nested = { data?: { id: string }[] };
type Source = {
  error?: { message: string[] };
  threat_connect: {
    indicator: { id: string; associated_groups?: Nested; associated_indicators?: Nested };
  };
};

let set: Stage;
let ids: string[];
let input: SyncPageInput;

async function start(env: NodeJS.ProcessEnv = {}): Promise<void> {
  set = await stage(
    { records: RECORDS },
    {
      TC_MAX_ASSOCIATIONS: String(MAX),
      TC_HTTP_TIMEOUT: '1s',
      TC_REQUESTS_PER_SECOND: '1000',
      ...env,
    },
  );
  await set.apply();
  input = { ...wholeFeed(set), pageSize: 16 };
  const truth = await set.source.lines<Truth>('/_sim/truth');
  ids = truth.filter(({ active, deleted }) => active && !deleted).map(({ id }) => id);
}

/** Reads the whole feed, page by page, as the workflow does. */
async function readAll(changes: Partial<SyncPageInput> = {}): Promise<SyncPageResult[]> {
  const results: SyncPageResult[] = [];
  let position = BEGINNING;
  let { pageSize } = input;
  for (;;) {
    const result = await set.run('syncPage', { ...input, ...changes, position, pageSize });
    results.push(result);
    assert.ok(results.length < 200, 'the slice never ends');
    if (result.ended !== null) return results;
    ({ position } = result);
    pageSize = Math.min((result.pageSize ?? pageSize) * 2, input.pageSize);
  }
}

async function stored(): Promise<Map<string, Source>> {
  const documents = await set.stored();
  return new Map(
    documents.map(({ _source }) => {
      const source = _source as Source;
      return [source.threat_connect.indicator.id, source];
    }),
  );
}

async function rejects() {
  await set.sink.indices.refresh({ index: 'logs-tcsync.reject-*', allow_no_indices: true });
  const query = { feed: null, state: null, size: 100, after: null };
  return (await new RejectStore(set.sink, 'default').list(query, SIGNAL)).rejects;
}

const WAYS = [
  ['first', 'resets the connection', { how: 'reset' }],
  ['middle', 'resets the connection', { how: 'reset' }],
  ['last', 'resets the connection', { how: 'reset' }],
  ['first', 'is answered 502', { how: 'status', status: 502 }],
  ['middle', 'is answered 502', { how: 'status', status: 502 }],
  ['last', 'is answered 502', { how: 'status', status: 502 }],
  ['first', 'never ends', { how: 'drip' }],
] as const;

describe('a record that makes every page fail that holds it', () => {
  beforeEach(() => start());

  for (const [place, what, killer] of WAYS) {
    test(`${place}, if it is requested with associations (${what}): it is read separately, and nothing is lost`, async (context) => {
      context.after(() => set.close());
      const id = at(place);
      await set.source.post('/_sim/killers', { id, ...killer, fields: ['associatedGroups'] });
      const results = await readAll();
      assert.deepEqual([...(await stored()).keys()].sort(), [...ids].sort());
      assert.deepEqual(results.at(-1)?.ended, { missing: 0, settledMissing: 0 });
      assert.deepEqual(await rejects(), []);
    });
  }

  for (const place of ['first', 'middle', 'last'] as const) {
    test(`${place}, in every form: it is a reject with its position, and all others are written`, async (context) => {
      context.after(() => set.close());
      const id = at(place);
      await set.source.post('/_sim/killers', { id, how: 'reset' });
      const results = await readAll();
      const others = ids.filter((other) => other !== id);
      assert.deepEqual([...(await stored()).keys()].sort(), [...others].sort());
      const [reject, ...more] = await rejects();
      assert.deepEqual(more, []);
      assert.match(reject?.reason ?? '', /does not return it/);
      const before = ids[ids.indexOf(id) - 1] ?? '0';
      assert.ok(reject?.reason.includes(`after id ${before}`), reject?.reason);
      assert.deepEqual(results.at(-1)?.ended, { missing: 0, settledMissing: 0 });
      assert.equal(
        results.reduce((sum, { counts }) => sum + counts.rejected, 0),
        1,
      );
    });
  }

  test('counts by its own date, so that a late record and one that never arrives are two different cases', async (context) => {
    context.after(() => set.close());
    await set.source.post('/_sim/killers', {
      id: ids[9],
      how: 'reset',
      fields: ['associatedGroups'],
    });
    const young = { ...input.slice, settledBefore: '2000-01-01T00:00:00Z' };
    const [last] = (await readAll({ slice: young })).slice(-1);
    assert.equal(last?.position.read, ids.length);
    assert.equal(last?.position.settledRead, 0);
  });

  test('is no reject while the source is down for all records', async (context) => {
    context.after(() => set.close());
    await set.source.post('/_sim/faults', { on: 'any', fault: { kind: 'reset' } });
    await assert.rejects(set.run('syncPage', input), { type: 'SourceUnavailable' });
    await set.source.delete('/_sim/faults');
    assert.equal((await set.run('syncPage', input)).counts.read, 16);
  });

  test('leaves the reached page size to the next attempt', async (context) => {
    context.after(() => set.close());
    await set.source.post('/_sim/killers', { id: ids[0], how: 'reset', alone: false });
    const environment = set.environment();
    const beats: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    const { pageSize } = await set.run('syncPage', input, { environment });
    assert.equal(pageSize, 1);
    assert.partialDeepStrictEqual(beats.at(-1), { pageSize: 1 });
  });
});

describe('a record with very many associations', () => {
  before(async () => {
    await start();
    const [id] = ids;
    await set.source.post('/_sim/crowds', { id, groups: 100, indicators: 30 });
    await set.source.post('/_sim/killers', {
      id,
      how: 'status',
      status: 502,
      fields: ['associatedGroups', 'associatedIndicators'],
    });
  });
  after(() => set.close());

  test('keeps TC_MAX_ASSOCIATIONS of them, and the document says that there are more', async () => {
    await readAll();
    const source = (await stored()).get(ids[0] ?? '');
    const { associated_groups: groups, associated_indicators: indicators } =
      source?.threat_connect.indicator ?? {};
    assert.equal(groups?.data?.length, MAX);
    assert.ok((indicators?.data?.length ?? 0) >= 30);
    assert.deepEqual(source?.error?.message, [
      `associatedGroups: the first ${MAX} are kept, there are more`,
    ]);
    assert.equal((await stored()).size, ids.length);
  });
});

describe('lists that the source truncates', () => {
  before(async () => {
    await start({ TC_MAX_ASSOCIATIONS: '1000' });
    await set.source.post('/_sim/crowds', { id: ids[5], groups: 30, indicators: 0 });
    await set.source.post('/_sim/switches', { nestedLimit: 3, nestedCount: true });
  });
  after(() => set.close());

  test('are read completely if they announce more than they hold', async () => {
    await readAll();
    const documents = await stored();
    assert.equal(documents.size, ids.length);
    const groups = documents.get(ids[5] ?? '')?.threat_connect.indicator.associated_groups;
    assert.ok((groups?.data?.length ?? 0) >= 30);
  });
});

describe('a source that refuses `id >`', () => {
  before(async () => {
    await start();
    await set.source.post('/_sim/switches', { idRange: 'refuse' });
  });
  after(() => set.close());

  test('is noticed when the window is opened, and each slice is cut to one page', async () => {
    const opened = await set.run('openWindow', openInput({ pageSize: 10 }));
    assert.equal(opened.keyset, false);
    assert.match(opened.notes.join(), /id >/);
    const [range] = opened.rest;
    assert.ok(range !== undefined);
    const { configHash } = input;
    const planned = await set.run('planSlices', {
      feed: 'default',
      configHash,
      owners: input.owners,
      range,
      recordsMax: 10,
      slicesMax: 64,
    });
    assert.ok(planned.slices.length > 4);
    for (const slice of planned.slices) {
      const result = await set.run('syncPage', {
        ...input,
        slice,
        position: BEGINNING,
        pageSize: 10,
        keyset: false,
      });
      assert.deepEqual(result.ended, { missing: 0, settledMissing: 0 });
    }
    assert.deepEqual([...(await stored()).keys()].sort(), [...ids].sort());
  });

  test('is read by offsets within a slice that time cannot split', async () => {
    const results = await readAll({ keyset: false, runId: 'run-2' });
    const read = results.reduce((sum, { counts }) => sum + counts.read, 0);
    assert.equal(read, ids.length);
    assert.deepEqual(results.at(-1)?.ended, { missing: 0, settledMissing: 0 });
  });

  test('is read from the beginning if its list shifts meanwhile, so that no record is skipped', async () => {
    const first = await set.run('syncPage', { ...input, keyset: false });
    await set.source.post('/_sim/mutate', { changes: [{ op: 'delete', id: ids[2] }] });
    const second = await set.run('syncPage', { ...input, position: first.position, keyset: false });
    assert.deepEqual(second.position, { ...BEGINNING, pass: 2 });
    assert.equal(second.ended, null);
  });
});

describe('an account that may not ask for deeper levels', () => {
  before(() => start({ TC_FIELDS: 'tags,associatedGroups,associatedGroups.attributes' }));
  after(() => set.close());

  test('gets records without them, and the run says so', async () => {
    await set.source.post('/_sim/switches', { deepFields: 'refuse' });
    const opened = await set.run('openWindow', openInput());
    assert.equal(opened.deepFields, false);
    assert.match(opened.notes.join(), /associatedGroups\.attributes: records are read without/);
    await readAll({ deepFields: opened.deepFields });
    assert.deepEqual([...(await stored()).keys()].sort(), [...ids].sort());
  });

  test('gets them again as soon as it may ask for them', async () => {
    await set.source.post('/_sim/switches', { fieldLevels: 1 });
    const { ended } = await set.run('syncPage', { ...input, pageSize: 1_000, runId: 'run-2' });
    assert.deepEqual(ended, { missing: 0, settledMissing: 0 });
  });
});

function at(place: 'first' | 'middle' | 'last'): string {
  const index = { first: 0, middle: Math.floor(ids.length / 2), last: ids.length - 1 }[place];
  return ids[index] ?? '';
}
