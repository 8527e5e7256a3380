import type { estypes } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Stage } from '../../stage.ts';
import { odd, writingNothing } from './drifts.ts';
import {
  ASSET,
  INDEX,
  STREAM,
  HOUR_MS,
  transformStage,
  update,
  configOf,
  stateOf,
  settle,
  advance,
  write,
  latestIds,
} from './transform-stage.ts';

/** The latest index then refuses an object in a field that the data stream maps by its first value. */
const REFUSES_OBJECTS: Record<string, estypes.MappingProperty> = {
  threat_connect: { properties: { indicator: { properties: { custom: { type: 'keyword' } } } } },
};

describe('a document that the latest index refuses', () => {
  const LEFT_OUT =
    /^indicator bad \(threat_connect\.indicator\.custom\): the latest index refuses this, so it is left/;
  let set: Stage;
  before(async () => {
    set = await transformStage();
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
  const set = await transformStage();
  try {
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
