import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Replacing } from './replacing.ts';

const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-';

describe('the profile has changed, so that indicators are grouped by another key', () => {
  let replacing: Replacing;
  before(async () => {
    replacing = await Replacing.start();
    // the data stream no longer holds what the latest index still has
    await replacing.forgetStream();
    replacing.use({ TCSYNC_OUTPUT_PROFILE: 'compatible' });
  });
  after(() => replacing.close());

  test('nothing is copied: the feeds are read whole, and then readers see the new index', async () => {
    const { elasticsearch, sink } = replacing.set;
    await elasticsearch.post('/_sim/counters/reset');
    const result = await replacing.play({ readFeeds: () => replacing.writeAgain() });
    assert.deepEqual(result, {
      kind: 'read',
      from: `${INDEX}101`,
      to: `${INDEX}102`,
      compared: null,
    });
    const { writes } = await elasticsearch.get<{ writes: string[] }>('/_sim/counters');
    assert.deepEqual(
      writes.filter((write) => write.includes('_reindex')),
      [],
    );
    const id = 'tcsync-ti_threatconnect-latest-v2';
    const { transforms } = await sink.transform.getTransform({ transform_id: id });
    assert.deepEqual(transforms[0]?.latest?.unique_key, ['event.dataset', 'event.id']);
    await replacing.assertRight();
  });
});
