import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { Replacing } from './replacing.ts';

const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-';

describe('a replacement is undone while documents are written', () => {
  let replacing: Replacing;
  before(async () => {
    replacing = await Replacing.start();
  });
  after(() => replacing.close());

  test('without a replacement there is nothing to undo', async () => {
    await assert.rejects(replacing.play({ undo: true }), (error: unknown) => {
      assert.ok(error instanceof ApplicationFailure);
      assert.equal(error.type, 'BadInput');
      assert.match(error.message, /there is nothing to go back to/);
      return true;
    });
  });

  test('readers go back to the old index, which has what was written meanwhile', async () => {
    await replacing.play();
    for (let count = 0; count < 12; count += 1) {
      await replacing.writeNext();
      await replacing.moveOn();
    }
    const { compared, ...result } = await replacing.play({ undo: true });
    assert.deepEqual(result, { kind: 'undo', from: `${INDEX}102`, to: `${INDEX}101` });
    assert.ok(compared !== null && compared.equal > 0);
    assert.deepEqual(await behindAlias(), [`${INDEX}101`]);
    await replacing.assertRight();
  });

  test('an undo can be undone', async () => {
    await replacing.play({ undo: true });
    assert.deepEqual(await behindAlias(), [`${INDEX}102`]);
    await replacing.assertRight();
  });

  test('an undo that is interrupted after any request ends the same', async () => {
    for (const [undone, lost] of replacing.worthLosing.entries()) {
      await replacing.play({ undo: true, breaks: (number) => (number === lost ? 'after' : null) });
      assert.deepEqual(await behindAlias(), [`${INDEX}${undone % 2 === 0 ? 101 : 102}`]);
    }
    await replacing.assertRight();
    const odd = (await replacing.set.apply()).filter(({ state }) => state !== 'ok');
    assert.deepEqual(odd, []);
  });

  async function behindAlias(): Promise<string[]> {
    return Object.keys(await replacing.set.sink.indices.getAlias({ name: LATEST_ALIAS }));
  }
});
