import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEGINNING } from '../../../contracts/progress.ts';
import { openInput } from '../../open-input.ts';
import { type Stage, withStage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';

const PROOF = { position: { ...BEGINNING, pass: 2 } };

/** Writes all of the feed and commits it. */
async function commitAll(set: Stage): Promise<void> {
  const opened = await set.run('openWindow', openInput());
  const { counts } = await set.run('syncPage', wholeFeed(set));
  const commit = { feed: 'default', runId: 'run-1', opened, counts, late: 0, attention: [] };
  await set.run('commitWindow', commit);
  await set.sink.indices.refresh({ index: 'logs-ti_threatconnect.indicator-default' });
}

test('a proof reads no record that is stored', () =>
  withStage(async (set) => {
    await commitAll(set);
    const { counts, ended } = await set.run('syncPage', { ...wholeFeed(set), ...PROOF });
    assert.deepEqual([counts.read, ended?.missing], [0, 0]);
  }));

test('after a changed configuration a proof reads every record: what is stored may have the old form', () =>
  withStage(async (set) => {
    await commitAll(set);
    await set.sink.update({
      index: 'tcsync-state-default',
      id: 'feed:default',
      doc: { config_hash: 'of the old fields' },
    });
    const { counts, ended } = await set.run('syncPage', { ...wholeFeed(set), ...PROOF });
    const live = (await set.stored()).length;
    assert.deepEqual([counts.read, counts.duplicate, ended?.missing], [live, live, 0]);
  }));
