import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { Replacing, Terminated } from './replacing.ts';

const MOMENTS = ['before', 'after'] as const;

describe('a replacement that is interrupted at any request', { timeout: 600_000 }, () => {
  let replacing: Replacing;
  let requests: number[];
  before(async () => {
    // what was replaced is deleted at once, so that all replacements find the same
    replacing = await Replacing.start({ TCSYNC_KEEP_PREVIOUS: '0s' });
    await replacing.play();
    requests = replacing.worthLosing;
    assert.ok(requests.length > 10);
  });
  after(() => replacing.close());

  for (const moment of MOMENTS) {
    test(`an activity that dies ${moment} any of its requests is run again, and all ends the same`, async () => {
      for (const lost of requests) {
        await replacing.play({ breaks: (number) => (number === lost ? moment : null) });
        await assertReplaced(`${moment} request ${lost}`);
      }
    });
  }

  // an activity that is not run again: what was carried out before the end is all that the next workflow finds
  test('a workflow that is terminated after any request is reported, is started again, and all ends the same', async () => {
    let reported = 0;
    for (const lost of requests) {
      const isTerminated = true;
      const before = await behindAlias();
      try {
        await replacing.play({
          breaks: (number) => (number === lost ? 'after' : null),
          isTerminated,
        });
      } catch (error) {
        if (!(error instanceof Terminated)) throw error;
      }
      // after the swap there is nothing left to replace; a reconciliation does the rest
      if ((await behindAlias()) === before) {
        reported += await countEnded();
        await replacing.play();
      }
      await assertReplaced(`terminated after request ${lost}`);
    }
    assert.ok(reported > 4);
  });

  test('a copy whose node is lost is started again', async () => {
    const { elasticsearch } = replacing.set;
    await elasticsearch.post('/_sim/tasks', { looks: 3 });
    let losses = 0;
    await replacing.play({
      meanwhile: async (phase) => {
        if (losses > 4 || !phase.startsWith('copying')) return;
        losses += 1;
        await elasticsearch.post('/_sim/tasks', { lost: true });
      },
    });
    assert.ok(losses > 4);
    await elasticsearch.post('/_sim/tasks', { looks: 0 });
    await assertReplaced('losses');
  });

  test('a copy that still runs is not started twice', async () => {
    const { elasticsearch } = replacing.set;
    await elasticsearch.post('/_sim/tasks', { looks: 3 });
    await elasticsearch.post('/_sim/counters/reset');
    const path = '/_reindex';
    let copies = 0;
    await replacing.play({
      // the answer to the first copy never arrives
      breaks: (number) => {
        const isCopy = replacing.proxy.asked[number - 1]?.path.startsWith('/_tasks?') ?? false;
        copies += isCopy ? 1 : 0;
        return isCopy && copies === 1 ? 'after' : null;
      },
    });
    const { writes } = await elasticsearch.get<{ writes: string[] }>('/_sim/counters');
    assert.equal(writes.filter((write) => write.endsWith(path)).length, 2);
    await elasticsearch.post('/_sim/tasks', { looks: 0 });
    await assertReplaced('the copy');
  });

  /** Readers see one index, whose transform runs; nothing else is left after a reconciliation. */
  async function assertReplaced(what: string): Promise<void> {
    const { sink } = replacing.set;
    await replacing.set.apply();
    const reports = (await replacing.set.apply()).filter(({ state }) => state !== 'ok');
    assert.deepEqual(reports, [], what);
    const index = await behindAlias();
    const number = Number(index.split('-').at(-1)) - 100;
    const { transforms } = await sink.transform.getTransform({ transform_id: 'tcsync-*' });
    assert.deepEqual(
      transforms.map(({ id, dest }) => [id, dest.index, 'aliases' in dest]),
      [[`tcsync-ti_threatconnect-latest-v${number}`, index, true]],
      what,
    );
    const found = await sink.indices.get({
      index: 'logs-ti_threatconnect_latest.dest_indicator-*',
    });
    assert.deepEqual(Object.keys(found), [index], what);
    await replacing.assertRight();
  }

  /** A reconciliation blocks an index and its transform if nobody continues their replacement. */
  async function countEnded(): Promise<number> {
    const blocked = (await replacing.set.apply()).filter(({ state }) => state === 'blocked');
    for (const { detail } of blocked) {
      assert.match(
        detail ?? '',
        /, but the workflow tcsync\/default\/latest was ended from outside, and nobody continues it: `tcsync apply --replace-latest` does$/,
      );
    }
    return blocked.length / 2;
  }

  async function behindAlias(): Promise<string> {
    const found = Object.keys(await replacing.set.sink.indices.getAlias({ name: LATEST_ALIAS }));
    assert.equal(found.length, 1);
    return found[0] ?? '';
  }
});
