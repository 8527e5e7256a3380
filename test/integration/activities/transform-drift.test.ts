import type { Client, estypes } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { stage, type Stage } from '../../stage.ts';

const ID = 'tcsync-ti_threatconnect-latest-v1';
const ASSET = `transform ${ID}`;
const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-101';
const ALIAS = 'logs-ti_threatconnect_latest.indicator';
const STREAM = 'logs-ti_threatconnect.indicator-default';
const OTHERS = `transforms beside ${ID}`;
const HOUR_MS = 3_600_000;

/** The latest index then refuses an object in a field that the data stream maps by its first value. */
const REFUSES_OBJECTS: Record<string, estypes.MappingProperty> = {
  threat_connect: { properties: { indicator: { properties: { custom: { type: 'keyword' } } } } },
};

type Update = Omit<estypes.TransformUpdateTransformRequest, 'transform_id'>;

/** A part of the configuration that a person has changed, and the difference that is shown. */
const CHANGED: readonly (readonly [what: string, change: Update, says: RegExp])[] = [
  ['its description', { description: 'mine' }, /^description: mine → Latest version of/m],
  ['its source', { source: { index: STREAM } }, /^source\.index: \["logs-.*\] → \["logs-.*-\*"\]/m],
  [
    'its query',
    { source: { index: 'logs-ti_threatconnect.indicator-*' } },
    /^source\.query\.bool\.filter: not set → \[.*event\.ingested/m,
  ],
  ['its frequency', { frequency: '10m' }, /^frequency: 10m → 30s/m],
  [
    'its delay',
    { sync: { time: { field: 'event.ingested', delay: '1s' } } },
    /^sync\.time\.delay: 1s → 120s/m,
  ],
  [
    'the field that it is synchronised by',
    { sync: { time: { field: 'event.created', delay: '120s' } } },
    /^sync\.time\.field: event\.created → event\.ingested/m,
  ],
  [
    'its retention',
    { retention_policy: { time: { field: 'event.created', max_age: '9d' } } },
    /^retention_policy\.time\.field: event\.created → threat_[^]*max_age: 9d → 1m/m,
  ],
  [
    'its retention, which was removed',
    { retention_policy: null },
    /^retention_policy\.time\.max_age: not set → 1m/m,
  ],
  [
    'its settings',
    { settings: { num_failure_retries: 5, max_page_search_size: 100 } },
    /^settings\.num_failure_retries: 5 → -1\nsettings\.max_page_search_size: 100 → not set/m,
  ],
  [
    'its index',
    { dest: { index: 'elsewhere' } },
    /^dest\.index: elsewhere → logs-[^]*^dest\.aliases\.logs-.*: not set → true/m,
  ],
  ['its owner', { _meta: { team: 'ours' } }, /^_meta\.managed_by: not set → tcsync/m],
];

/** Why it has failed, in words of Elasticsearch, and what the report says about it. */
const FAILED: readonly (readonly [reason: string, says: RegExp])[] = [
  [
    'task encountered irrecoverable failure: action [indices:data/read/search] is unauthorized for API key id [k] of user [u]',
    /^it had failed \(its credentials are refused\), and gets the credentials of this program and is started again$/,
  ],
  [
    'task encountered irrecoverable failure: unable to authenticate with provided credentials',
    /credentials are refused/,
  ],
  [
    'task encountered irrecoverable failure: no such index [logs-x]',
    /^it had failed \(something that it needs does not exist\), and is started again$/,
  ],
  [
    "Failed to index documents into destination index due to permanent error: [at least 1 irrecoverable [document_parsing_exception: Preview of field's value: 's3cr3t value']]",
    /\(its index refuses a document\)/,
  ],
  [
    'Failed to index documents into destination index due to permanent error: [at least 1 irrecoverable [cluster_block_exception: index [x] blocked by: [FORBIDDEN/8/index write (api)];]]',
    /\(its index accepts no writes\)/,
  ],
  [
    'task encountered more than 10 failures; latest failure: node left the cluster',
    /\(for a reason that this program does not know\)/,
  ],
];

describe('the transform', () => {
  let set: Stage;
  before(async () => {
    set = await stage({ records: 1 });
    await set.elasticsearch.post('/_sim/clock', { nowMs: Date.UTC(2026, 10, 30) });
    await set.apply();
  });
  after(() => set.close());

  /** Reconciles after a change; a dry run has named the change, and a second run has nothing to do. */
  async function corrected(state: AssetReport['state'], says: RegExp): Promise<AssetReport> {
    await settle(set);
    const [planned, ...others] = odd(await set.apply(true));
    assert.deepEqual(others, []);
    assert.equal(planned?.asset, ASSET);
    assert.match(planned.changes.join('\n'), says);
    assert.deepEqual(odd(await set.apply()), [{ ...planned, state }]);
    await settle(set);
    assert.deepEqual(odd(await writingNothing(set)), []);
    assert.equal(await stateOf(set.sink), 'started');
    assert.deepEqual(Object.keys(await set.sink.indices.getAlias({ name: ALIAS })), [INDEX]);
    return planned;
  }

  /** What a reconciliation says that must not write anything. */
  async function reported(state: AssetReport['state'], says: RegExp, asset = ASSET): Promise<void> {
    await settle(set);
    const [report, ...others] = odd(await writingNothing(set));
    assert.deepEqual(others, []);
    assert.deepEqual([report?.asset, report?.state, report?.changes], [asset, state, []]);
    assert.match(report?.detail ?? '', says);
  }

  for (const [what, change, says] of CHANGED) {
    test(`${what}, changed by hand, is corrected`, async () => {
      await update(set.sink, change);
      await corrected('updated', says);
    });
  }

  test('documents that a changed transform has left out arrive when it is corrected', async () => {
    await update(set.sink, { source: { index: STREAM, query: { term: { 'event.id': 'other' } } } });
    await write(set, 'unseen');
    await write(set, 'other');
    await advance(set, HOUR_MS);
    assert.deepEqual(await latestIds(set), ['other']);
    await corrected('updated', /^it reads the data stream again, as it may have lost documents$/m);
    assert.deepEqual(await latestIds(set), ['other', 'unseen']);
    await set.sink.deleteByQuery({
      index: [STREAM, INDEX],
      refresh: true,
      query: { match_all: {} },
    });
  });

  test('a stopped transform is started', async () => {
    await stop(set.sink);
    await corrected('repaired', /^it was stopped, and is started$/);
  });

  test('a deleted transform is created and started', async () => {
    await set.sink.transform.deleteTransform({ transform_id: ID, force: true });
    await corrected('created', /^$/);
  });

  for (const [reason, says] of FAILED) {
    test(`a transform that failed is started again: ${reason.slice(0, 80)}`, async () => {
      await set.elasticsearch.post('/_sim/transforms/fail', { id: ID, reason });
      const told = await corrected('repaired', says);
      assert.doesNotMatch(JSON.stringify(told), /s3cr3t/);
    });
  }

  test('a transform that fails again at once is left as it is until the next run', async () => {
    const reason = 'action [x] is unauthorized: s3cr3t value';
    await set.elasticsearch.post('/_sim/transforms/fail', { id: ID, reason });
    await set.elasticsearch.post('/_sim/transforms/hinder', { id: ID, status: 403, reason });
    const [report] = odd(await set.apply());
    assert.equal(report?.state, 'blocked');
    assert.match(
      report.detail ?? '',
      /^it failed again as soon as it was started: its credentials/,
    );
    assert.equal(report.changes.length, 1);
    assert.doesNotMatch(JSON.stringify(report), /s3cr3t/);
    await corrected('repaired', /credentials are refused/);
  });

  test('another key or order is named, and needs a replacement', async () => {
    await set.sink.transform.deleteTransform({ transform_id: ID, force: true });
    await set.sink.transform.putTransform({
      transform_id: ID,
      source: { index: STREAM },
      dest: { index: INDEX },
      sync: { time: { field: 'event.ingested' } },
      latest: { unique_key: ['event.id'], sort: '@timestamp' },
    });
    await reported(
      'blocked',
      /for each event\.id, the one with the greatest @timestamp; this profile needs .* a replacement of the latest index is needed \(`npx tcsync apply --replace-latest`\)/,
    );
    await set.sink.transform.deleteTransform({ transform_id: ID, force: true });
    await corrected('created', /^$/);
  });

  test('a transform that belongs to somebody else is not started', async () => {
    const { _meta: own = {} } = await configOf(set.sink);
    await update(set.sink, { _meta: { managed_by: 'somebody' } });
    await stop(set.sink);
    await reported('foreign', /it belongs to "somebody"/);
    await update(set.sink, { _meta: own });
    await corrected('repaired', /it was stopped/);
  });

  test('a transform that an operator keeps stopped stays so while it is marked', async () => {
    const { _meta: own } = await configOf(set.sink);
    await update(set.sink, { _meta: { paused: 'cluster upgrade' } });
    await stop(set.sink);
    await set.apply(); // the mark replaced the owner, which is put back
    await reported(
      'drift-ignored',
      /^it is stopped, and an operator keeps it so \(_meta\.paused: cluster upgrade\); it has read what was written before 2026-\S+Z; to end that: POST _transform/,
    );
    await update(set.sink, { frequency: '9m' });
    assert.equal(odd(await set.apply())[0]?.state, 'drift-ignored');
    const { _meta: meta, frequency } = await configOf(set.sink);
    assert.deepEqual(meta, { ...own, paused: 'cluster upgrade' });
    assert.equal(frequency, '30s');
    await update(set.sink, { _meta: { paused: false } });
    await set.apply();
    await settle(set);
    assert.deepEqual(odd(await writingNothing(set)), []);
    assert.equal(await stateOf(set.sink), 'started');
  });

  test('a transform without a node is named', async () => {
    await set.elasticsearch.post('/_sim/transforms/wait', { id: ID, reason: 'no nodes' });
    await reported('blocked', /^no node can run it: give a node of the cluster the role transform/);
    await set.elasticsearch.post('/_sim/transforms/wait', { id: ID, reason: null });
  });

  test('a transform that fails once, and tries again by itself, is only named', async () => {
    await settle(set);
    await hindered(set);
    await reported('ok', /^it has problems: Transform indexer failed$/);
    await advance(set, HOUR_MS);
  });

  test('a transform that fails again and again is named', async () => {
    await settle(set);
    for (let times = 0; times < 7; times += 1) await hindered(set);
    await reported(
      'blocked',
      /^it fails again and again: Transform indexer failed; GET _transform/,
    );
    await advance(set, HOUR_MS);
  });

  test('a deleted latest index is filled again from the data stream', async () => {
    await write(set, 'a');
    await advance(set, HOUR_MS);
    assert.deepEqual(await latestIds(set), ['a']);
    await set.sink.indices.delete({ index: INDEX });
    await corrected(
      'repaired',
      /its index \S+ was deleted, and is filled again from the data stream/,
    );
    assert.deepEqual(await latestIds(set), ['a']);
  });

  test('a latest index that the transform itself created again is noticed, and filled', async () => {
    await set.sink.indices.delete({ index: INDEX });
    await write(set, 'b');
    await advance(set, HOUR_MS);
    assert.deepEqual(await latestIds(set), ['b']);
    await corrected('repaired', /was deleted, and is filled again/);
    assert.deepEqual(await latestIds(set), ['a', 'b']);
  });

  test('while the alias points to an index of somebody else, nothing moves it', async () => {
    await set.sink.indices.create({ index: 'somebodys' });
    await set.sink.indices.updateAliases({
      actions: [
        { remove: { index: INDEX, alias: ALIAS } },
        { add: { index: 'somebodys', alias: ALIAS } },
      ],
    });
    await stop(set.sink);
    const reports = odd(await writingNothing(set));
    assert.deepEqual(
      reports.map(({ asset, state }) => [asset, state]),
      [
        [`alias ${ALIAS}`, 'blocked'],
        [ASSET, 'blocked'],
      ],
    );
    assert.match(
      reports[1]?.detail ?? '',
      /points to somebodys, which readers use and this program did not choose/,
    );
    await set.sink.indices.delete({ index: 'somebodys' });
    await set.sink.indices.putAlias({ index: INDEX, name: ALIAS });
    await corrected('repaired', /it was stopped/);
  });

  test('transforms of others that write to the latest index or move its alias are named', async () => {
    const other = (id: string, dest: object) =>
      set.sink.transform.putTransform({
        transform_id: id,
        source: { index: STREAM },
        latest: { unique_key: ['event.id'], sort: '@timestamp' },
        dest,
      });
    await other('mover', { index: 'elsewhere-2', aliases: [{ alias: ALIAS }] });
    await reported('foreign', /transform mover moves the alias \S+ to elsewhere-2/, OTHERS);
    await other('writer', { index: INDEX });
    await reported(
      'foreign',
      /mover moves .*; transform writer writes to the latest index/,
      OTHERS,
    );
    for (const id of ['mover', 'writer']) {
      await set.sink.transform.deleteTransform({ transform_id: id });
    }
    assert.deepEqual(odd(await writingNothing(set)), []);
  });

  test('a transform whose requests are refused gets the credentials of the program', async () => {
    await settle(set);
    await hindered(set, 'action [indices:data/read/search] is unauthorized for API key id [k]');
    await corrected('repaired', /^its credentials are refused: it gets the credentials of this/);
  });

  test('a transform that leaves documents unseen is told to run at once', async () => {
    await write(set, 'c');
    await hangsFor(set, 50 * 60_000);
    await corrected(
      'repaired',
      /^it is behind: documents since 20\S+Z .*; it is told to run at once$/,
    );
    assert.deepEqual(await latestIds(set), ['a', 'b', 'c']);
  });

  test('a transform that was told so, and still leaves documents unseen, is started again', async () => {
    await write(set, 'd');
    await hangsFor(set, 4 * HOUR_MS);
    await corrected('repaired', /^it is behind: .*; it is stopped and started again$/);
    assert.deepEqual(await latestIds(set), ['a', 'b', 'c', 'd']);
  });

  test('on a quiet stream an expired indicator vanishes from the latest index', async () => {
    await write(set, 'expires', { deleted_at: await later(set, 2 * HOUR_MS) });
    await advance(set, HOUR_MS);
    assert.deepEqual(await latestIds(set), ['a', 'b', 'c', 'd', 'expires']);
    await advance(set, 2 * HOUR_MS);
    assert.deepEqual(await latestIds(set), ['a', 'b', 'c', 'd', 'expires']);
    const says = /^expired indicators stay in the latest index.*: a heartbeat document is written$/;
    assert.match(odd(await set.apply(true))[0]?.changes.join() ?? '', says);
    assert.equal(odd(await set.apply())[0]?.state, 'repaired');
    await advance(set, 10_000);
    assert.deepEqual(odd(await writingNothing(set)), []); // the heartbeat waits for its checkpoint
    await advance(set, 10 * 60_000);
    assert.deepEqual(await latestIds(set), ['a', 'b', 'c', 'd']);
    assert.deepEqual(odd(await writingNothing(set)), []);
  });
});

describe('a document that the latest index refuses', () => {
  const LEFT_OUT =
    /^indicator bad \(threat_connect\.indicator\.custom\): the latest index refuses this, so it is left/;
  let set: Stage;
  before(async () => {
    set = await stage({ records: 1 });
    await set.elasticsearch.post('/_sim/clock', { nowMs: Date.UTC(2026, 10, 30) });
    await set.apply();
    await write(set, 'old');
    await advance(set, HOUR_MS);
    await set.sink.indices.putMapping({ index: INDEX, properties: REFUSES_OBJECTS });
    await write(set, 'good');
    await write(set, 'bad', { custom: { level: 's3cr3t' } });
    await write(set, 'better');
    await advance(set, HOUR_MS);
  });
  after(() => set.close());

  test('is named and left out, so that the others arrive', async () => {
    assert.equal(await stateOf(set.sink), 'failed');
    const report = odd(await set.apply());
    assert.deepEqual(
      report.map(({ asset, state }) => [asset, state]),
      [[ASSET, 'drift-ignored']],
    );
    assert.deepEqual(report[0]?.changes, [
      'it had failed (its index refuses a document), and is started again',
      'what its index refuses is looked for and left out',
    ]);
    assert.match(report[0]?.detail ?? '', LEFT_OUT);
    assert.doesNotMatch(JSON.stringify(report), /s3cr3t/);
    await settle(set);
    assert.equal(await stateOf(set.sink), 'started');
    assert.deepEqual(await latestIds(set), ['better', 'good', 'old']);
    assert.equal(await set.sink.indices.exists({ index: `${INDEX}-trial` }), false);
  });

  test('is named by every later run, which has nothing to do', async () => {
    const report = odd(await writingNothing(set));
    assert.deepEqual([report.length, report[0]?.state], [1, 'drift-ignored']);
    assert.match(report[0]?.detail ?? '', LEFT_OUT);
  });

  test('stays left out if the transform is corrected', async () => {
    await update(set.sink, { frequency: '7m' });
    assert.deepEqual(odd(await set.apply())[0]?.changes, ['frequency: 7m → 30s']);
    assert.equal(odd(await writingNothing(set))[0]?.state, 'drift-ignored');
  });

  test('is no longer mentioned when the data stream has lost it', async () => {
    await set.sink.deleteByQuery({
      index: STREAM,
      refresh: true,
      query: { term: { 'event.id': 'bad' } },
    });
    assert.equal(odd(await set.apply())[0]?.state, 'updated');
    const { source, _meta: meta } = await configOf(set.sink);
    assert.deepEqual([source.query?.bool?.must_not, meta?.left_out], [undefined, undefined]);
    assert.deepEqual(odd(await writingNothing(set)), []);
  });
});

test('if the latest index refuses many documents, none is left out, and a person is asked', async () => {
  const set = await stage({ records: 1 });
  try {
    await set.elasticsearch.post('/_sim/clock', { nowMs: Date.UTC(2026, 10, 30) });
    await set.apply();
    await set.sink.indices.putMapping({ index: INDEX, properties: REFUSES_OBJECTS });
    for (let id = 0; id <= 100; id += 1) await write(set, String(id), { custom: { level: 1 } });
    await advance(set, HOUR_MS);
    const [report, ...others] = odd(await set.apply());
    assert.deepEqual([report?.asset, report?.state, others], [ASSET, 'blocked', []]);
    assert.match(report?.detail ?? '', /: its index refuses a document; correct the mapping/);
    assert.equal((await configOf(set.sink)).source.query?.bool?.must_not, undefined);
    assert.equal(await set.sink.indices.exists({ index: `${INDEX}-trial` }), false);
  } finally {
    await set.close();
  }
});

test('on a quiet stream expired indicators vanish with the profile compatible too', async () => {
  const set = await stage({ records: 1 }, { TCSYNC_OUTPUT_PROFILE: 'compatible' });
  try {
    await set.elasticsearch.post('/_sim/clock', { nowMs: Date.UTC(2026, 10, 30) });
    await set.apply();
    await write(set, 'expires', { deleted_at: await later(set, HOUR_MS) });
    await advance(set, 10 * 60_000);
    assert.deepEqual(await latestIds(set), ['expires']);
    await advance(set, 2 * HOUR_MS);
    await set.apply();
    await advance(set, 10 * 60_000);
    assert.deepEqual(await latestIds(set), []);
    assert.deepEqual(odd(await writingNothing(set)), []);
  } finally {
    await set.close();
  }
});

/** Lines about assets that are not as they should be. */
function odd(reports: readonly AssetReport[]): AssetReport[] {
  return reports.filter(({ state, detail }) => state !== 'ok' || detail !== null);
}

async function writingNothing(set: Stage): Promise<AssetReport[]> {
  await set.elasticsearch.post('/_sim/counters/reset');
  const reports = await set.apply();
  const { writes } = await set.elasticsearch.get<{ writes: string[] }>('/_sim/counters');
  assert.deepEqual(writes, []);
  return reports;
}

async function update(sink: Client, change: Update): Promise<void> {
  await sink.transform.updateTransform({ transform_id: ID, defer_validation: true, ...change });
}

async function stop(sink: Client): Promise<void> {
  await sink.transform.stopTransform({ transform_id: ID, wait_for_completion: true });
}

async function configOf(sink: Client): Promise<estypes.TransformGetTransformTransformSummary> {
  const [found] = (await sink.transform.getTransform({ transform_id: ID })).transforms;
  assert.ok(found !== undefined);
  return found;
}

async function stateOf(sink: Client): Promise<string | undefined> {
  return (await sink.transform.getTransformStats({ transform_id: ID })).transforms[0]?.state;
}

/** Lets all due runs end. */
async function settle(set: Stage): Promise<void> {
  await set.elasticsearch.post('/_sim/transforms/settle');
}

async function advance(set: Stage, ms: number): Promise<void> {
  await set.elasticsearch.post('/_sim/clock', { advanceMs: ms });
  await settle(set);
}

async function later(set: Stage, ms: number): Promise<string> {
  const { nowMs } = await set.elasticsearch.get<{ nowMs: number }>('/_sim/clock');
  return new Date(nowMs + ms).toISOString();
}

/** It does nothing for this time. */
async function hangsFor(set: Stage, ms: number): Promise<void> {
  await set.elasticsearch.post('/_sim/transforms/wait', { id: ID, reason: 'hangs' });
  await advance(set, ms);
  await set.elasticsearch.post('/_sim/transforms/wait', { id: ID, reason: null });
}

/** Its next run meets an error that may pass. */
async function hindered(set: Stage, reason = 'busy'): Promise<void> {
  await set.elasticsearch.post('/_sim/transforms/hinder', { id: ID, status: 503, reason });
  await set.sink.transform.scheduleNowTransform({ transform_id: ID });
  await settle(set);
}

async function write(set: Stage, id: string, indicator: object = {}): Promise<void> {
  const at = await later(set, 0);
  await set.sink.create({
    index: STREAM,
    id: `${id} ${at}`,
    document: {
      '@timestamp': at,
      event: { id, created: at },
      threat_connect: { indicator: { id, ...indicator } },
    },
  });
}

async function latestIds(set: Stage): Promise<string[]> {
  await set.sink.indices.refresh({ index: INDEX });
  const { hits } = await set.sink.search<{ event: { id: string } }>({ index: ALIAS, size: 100 });
  return hits.hits.map(({ _source }) => _source?.event.id ?? '').toSorted();
}
