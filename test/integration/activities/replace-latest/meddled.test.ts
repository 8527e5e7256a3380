import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { Replacing } from './replacing.ts';

const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-';
const [OLD, NEW] = [`${INDEX}101`, `${INDEX}102`];

describe('somebody meddles with a replacement', { timeout: 300_000 }, () => {
  let replacing: Replacing;
  beforeEach(async () => {
    replacing = await Replacing.start();
  });
  afterEach(() => replacing.close());

  for (const phase of ['copying', 'copying changes', 'catching up', 'comparing', 'swapping']) {
    test(`the new index is deleted while it is ${phase}: readers stay with the old one`, async () => {
      const failure = await playUntil(phase, () =>
        replacing.set.sink.indices.delete({ index: NEW, ignore_unavailable: true }),
      );
      assert.match(failure, /102 .*nothing was replaced|102 does not have what/);
      await assertKept();
    });
  }

  for (const phase of ['copying', 'stopping', 'copying changes', 'comparing']) {
    test(`the worker gets another profile while it is ${phase}: indicators are seen once`, async () => {
      const failure = await playUntil(phase, async () =>
        replacing.use({ TCSYNC_OUTPUT_PROFILE: 'compatible' }),
      );
      if (phase === 'comparing') assert.equal(failure, '');
      else {
        assert.match(failure, /TCSYNC_OUTPUT_PROFILE.*nothing was replaced/);
        await assertKept();
      }
    });
  }

  test('the alias is moved to an index of somebody else: it stays there', async () => {
    const { sink } = replacing.set;
    const index = 'somebodys';
    await sink.indices.create({ index });
    const seeing = { index, alias: LATEST_ALIAS };
    const failure = await playUntil('comparing', () =>
      sink.indices.updateAliases({ actions: [{ add: seeing }] }),
    );
    assert.match(failure, /somebody else has moved it; nothing was replaced/);
    // a request that fails if the alias was moved back
    await sink.indices.updateAliases({ actions: [{ remove: { index, alias: LATEST_ALIAS } }] });
    await assertKept();
  });

  /** @returns the message of the failure; empty if there is none */
  async function playUntil(phase: string, meddle: () => Promise<unknown>): Promise<string> {
    let isDone = false;
    try {
      await replacing.play({
        meanwhile: async (now) => {
          if (isDone || now !== phase) return;
          isDone = true;
          await meddle();
        },
      });
      assert.ok(isDone);
      return '';
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      return error.message;
    }
  }

  async function assertKept(): Promise<void> {
    const { sink } = replacing.set;
    assert.deepEqual(Object.keys(await sink.indices.getAlias({ name: LATEST_ALIAS })), [OLD]);
    const { transforms } = await sink.transform.getTransformStats({ transform_id: 'tcsync-*' });
    assert.deepEqual(
      transforms.map(({ id }) => id),
      ['tcsync-ti_threatconnect-latest-v1'],
    );
    assert.notEqual(transforms[0]?.state, 'stopped');
    assert.deepEqual(Object.keys(await sink.indices.get({ index: `${INDEX}*` })), [OLD]);
    await replacing.assertRight();
  }
});
