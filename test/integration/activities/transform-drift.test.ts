import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Stage } from '../../stage.ts';
import { odd, writingNothing } from './drifts.ts';
import {
  ID,
  ASSET,
  INDEX,
  ALIAS,
  STREAM,
  HOUR_MS,
  transformStage,
  corrected,
  reported,
  update,
  stop,
  configOf,
  stateOf,
  settle,
  advance,
  hindered,
  type Update,
} from './transform-stage.ts';

const OTHERS = `transforms beside ${ID}`;

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
    set = await transformStage();
  });
  after(() => set.close());

  for (const [what, change, says] of CHANGED) {
    test(`${what}, changed by hand, is corrected`, async () => {
      await update(set.sink, change);
      await corrected(set, 'updated', says);
    });
  }

  test('a stopped transform is started', async () => {
    await stop(set.sink);
    await corrected(set, 'repaired', /^it was stopped, and is started$/);
  });

  test('a deleted transform is created and started', async () => {
    await set.sink.transform.deleteTransform({ transform_id: ID, force: true });
    await corrected(set, 'created', /^$/);
  });

  for (const [reason, says] of FAILED) {
    test(`a transform that failed is started again: ${reason.slice(0, 80)}`, async () => {
      await set.elasticsearch.post('/_sim/transforms/fail', { id: ID, reason });
      const told = await corrected(set, 'repaired', says);
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
    await corrected(set, 'repaired', /credentials are refused/);
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
      set,
      'blocked',
      /for each event\.id, the one with the greatest @timestamp; this profile needs .* a replacement of the latest index is needed \(`npx tcsync apply --replace-latest`\)/,
    );
    await set.sink.transform.deleteTransform({ transform_id: ID, force: true });
    await corrected(set, 'created', /^$/);
  });

  test('a transform that belongs to somebody else is not started', async () => {
    const { _meta: own = {} } = await configOf(set.sink);
    await update(set.sink, { _meta: { managed_by: 'somebody' } });
    await stop(set.sink);
    await reported(set, 'foreign', /it belongs to "somebody"/);
    await update(set.sink, { _meta: own });
    await corrected(set, 'repaired', /it was stopped/);
  });

  test('a transform that an operator keeps stopped stays so while it is marked', async () => {
    const { _meta: own } = await configOf(set.sink);
    await update(set.sink, { _meta: { paused: 'cluster upgrade' } });
    await stop(set.sink);
    await set.apply(); // the mark replaced the owner, which is put back
    await reported(
      set,
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
    await reported(
      set,
      'blocked',
      /^no node can run it: give a node of the cluster the role transform/,
    );
    await set.elasticsearch.post('/_sim/transforms/wait', { id: ID, reason: null });
  });

  test('a transform that fails once, and tries again by itself, is only named', async () => {
    await settle(set);
    await hindered(set);
    await reported(set, 'ok', /^it has problems: Transform indexer failed$/);
    await advance(set, HOUR_MS);
  });

  test('a transform that fails again and again is named', async () => {
    await settle(set);
    for (let times = 0; times < 7; times += 1) await hindered(set);
    await reported(
      set,
      'blocked',
      /^it fails again and again: Transform indexer failed; GET _transform/,
    );
    await advance(set, HOUR_MS);
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
    await corrected(set, 'repaired', /it was stopped/);
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
    await reported(set, 'foreign', /transform mover moves the alias \S+ to elsewhere-2/, OTHERS);
    await other('writer', { index: INDEX });
    await reported(
      set,
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
    await corrected(
      set,
      'repaired',
      /^its credentials are refused: it gets the credentials of this/,
    );
  });
});
