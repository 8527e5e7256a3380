import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CancelledFailure } from '@temporalio/common';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { Replacing } from './replacing.ts';

const KEPT = { TCSYNC_KEEP_PREVIOUS: '0s' };

describe('a replacement that is cancelled', { timeout: 600_000 }, () => {
  let replacing: Replacing;
  before(async () => {
    replacing = await Replacing.start(KEPT);
  });
  after(() => replacing.close());

  test('after any request: nothing is replaced or everything is, and nothing is left over', async () => {
    let cancelled = 0;
    await replacing.play();
    const { worthLosing } = replacing;
    for (const request of worthLosing) {
      const from = await behindAlias();
      const what = `cancelled after request ${request}`;
      if (await isCancelled(request)) {
        cancelled += 1;
        assert.equal(await behindAlias(), from, what);
      }
      await assertWhole(what);
    }
    assert.ok(cancelled > 5 && cancelled < worthLosing.length, `${cancelled}`);
  });

  test('while the feeds are read whole: nothing is replaced, and nothing is left over', async () => {
    replacing.use({ ...KEPT, TCSYNC_OUTPUT_PROFILE: 'compatible' });
    const from = await behindAlias();
    assert.equal(await isCancelled('reading'), true);
    assert.equal(replacing.phases.at(-1), 'reading');
    assert.equal(await behindAlias(), from);
    await assertWhole('cancelled while the feeds are read');
  });

  async function isCancelled(cancelledAfter: number | 'reading'): Promise<boolean> {
    try {
      await replacing.play({ cancelledAfter, readFeeds: () => replacing.writeAgain() });
      return false;
    } catch (error) {
      if (error instanceof CancelledFailure) return true;
      throw error;
    }
  }

  /** One index and its running transform, without any help of a reconciliation. */
  async function assertWhole(what: string): Promise<void> {
    const { sink } = replacing.set;
    const index = await behindAlias();
    const number = Number(index.split('-').at(-1)) - 100;
    const { transforms } = await sink.transform.getTransformStats({ transform_id: 'tcsync-*' });
    assert.deepEqual(
      transforms
        .filter(({ state }) => state !== 'stopped')
        .map(({ id, state }) => [id, state === 'indexing' ? 'started' : state]),
      [[`tcsync-ti_threatconnect-latest-v${number}`, 'started']],
      what,
    );
    // a reconciliation deletes what was replaced, and finds nothing else
    const reports = (await replacing.set.apply()).filter(({ state }) => state !== 'ok');
    assert.deepEqual(
      reports.filter(({ asset }) => !asset.startsWith('latest index ')),
      [],
      what,
    );
    const found = await sink.indices.get({
      index: 'logs-ti_threatconnect_latest.dest_indicator-*',
    });
    assert.deepEqual(Object.keys(found), [index], what);
    await replacing.assertRight();
  }

  async function behindAlias(): Promise<string> {
    const found = Object.keys(await replacing.set.sink.indices.getAlias({ name: LATEST_ALIAS }));
    assert.equal(found.length, 1);
    return found[0] ?? '';
  }
});
