import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Stage } from '../../stage.ts';
import { odd, writingNothing } from './drifts.ts';
import {
  INDEX,
  STREAM,
  HOUR_MS,
  transformStage,
  corrected,
  update,
  advance,
  later,
  hangsFor,
  write,
  latestIds,
} from './transform-stage.ts';

describe('documents that the latest index lacks, or should have lost', () => {
  let set: Stage;
  before(async () => {
    set = await transformStage();
  });
  after(() => set.close());

  test('documents that a changed transform has left out arrive when it is corrected', async () => {
    await update(set.sink, { source: { index: STREAM, query: { term: { 'event.id': 'other' } } } });
    await write(set, 'unseen');
    await write(set, 'other');
    await advance(set, HOUR_MS);
    assert.deepEqual(await latestIds(set), ['other']);
    await corrected(
      set,
      'updated',
      /^it reads the data stream again, as it may have lost documents$/m,
    );
    assert.deepEqual(await latestIds(set), ['other', 'unseen']);
    await set.sink.deleteByQuery({
      index: [STREAM, INDEX],
      refresh: true,
      query: { match_all: {} },
    });
  });

  test('a deleted latest index is filled again from the data stream', async () => {
    await write(set, 'a');
    await advance(set, HOUR_MS);
    assert.deepEqual(await latestIds(set), ['a']);
    await set.sink.indices.delete({ index: INDEX });
    await corrected(
      set,
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
    await corrected(set, 'repaired', /was deleted, and is filled again/);
    assert.deepEqual(await latestIds(set), ['a', 'b']);
  });

  test('a transform that leaves documents unseen is told to run at once', async () => {
    await write(set, 'c');
    await hangsFor(set, 50 * 60_000);
    await corrected(
      set,
      'repaired',
      /^it is behind: documents since 20\S+Z .*; it is told to run at once$/,
    );
    assert.deepEqual(await latestIds(set), ['a', 'b', 'c']);
  });

  test('a transform that was told so, and still leaves documents unseen, is started again', async () => {
    await write(set, 'd');
    await hangsFor(set, 4 * HOUR_MS);
    await corrected(set, 'repaired', /^it is behind: .*; it is stopped and started again$/);
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

test('on a quiet stream expired indicators vanish with the profile compatible too', async () => {
  const set = await transformStage({ TCSYNC_OUTPUT_PROFILE: 'compatible' });
  try {
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
