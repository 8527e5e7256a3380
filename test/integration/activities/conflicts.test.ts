import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Counts } from '../../../contracts/counts.ts';
import type { SyncPageInput } from '../../../contracts/activities.ts';
import { stage, type Stage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';

const RECORDS = 30;
const STREAM = 'logs-ti_threatconnect.indicator-default';

type Document = {
  '@timestamp': string;
  event: { created: string; hash: string };
  threat_connect: { indicator: { id: string; threat_assess?: object } };
};

describe('a document that is answered 409', () => {
  let set: Stage;
  let input: SyncPageInput;
  let id: string;
  before(async () => {
    set = await stage({ records: RECORDS });
    await set.apply();
    input = wholeFeed(set);
    const [first] = await set.source.lines<{ id: string }>('/_sim/records');
    id = String(first?.id);
  });
  after(() => set.close());

  async function read(runId: string): Promise<Counts> {
    const { counts } = await set.run('syncPage', { ...input, runId });
    await set.sink.indices.refresh({ index: STREAM });
    return counts;
  }

  /** Versions of the indicator, in the order in which they were read. */
  async function versions(): Promise<Document[]> {
    const stored = (await set.stored()).map(({ _source }) => _source as Document);
    return stored
      .filter(({ threat_connect: { indicator } }) => indicator.id === id)
      .sort((a, b) => (a.event.created < b.event.created ? -1 : 1));
  }

  test('is not written again if it is the newest version', async () => {
    const first = await read('run-1');
    const second = await read('run-2');
    assert.deepEqual([second.created, second.duplicate], [0, first.created]);
    assert.equal((await versions()).length, 1);
  });

  test('is written again if the indicator changed and changed back, so that it is the newest', async () => {
    // scores change without `lastModified`
    await set.source.post('/_sim/damages', { id, set: { threatAssessScore: 999 } });
    assert.equal((await read('run-3')).created, 1);
    await set.source.delete('/_sim/damages');
    assert.equal((await read('run-4')).created, 1);
    const [first, changed, back, ...more] = await versions();
    assert.equal(more.length, 0);
    assert.notEqual(changed?.event.hash, first?.event.hash);
    assert.equal(back?.event.hash, first?.event.hash);
    assert.ok((back?.event.created ?? '') > (changed?.event.created ?? ''));
    assert.deepEqual(back?.threat_connect, first?.threat_connect);
  });

  test('is written again only once by two attempts of the same run', async () => {
    const { created } = await read('run-4');
    assert.equal(created, 0);
    assert.equal((await versions()).length, 3);
  });

  test('is compared with the newest version of all backing indices', async () => {
    await set.sink.indices.rollover({ alias: STREAM });
    const { created } = await read('run-5');
    // the new write index has no `_id` yet, so it accepts all documents once more
    assert.equal(created, (await set.stored()).length - (await storedBefore()));
    assert.equal((await read('run-6')).created, 0);
  });

  async function storedBefore(): Promise<number> {
    const stored = await set.stored();
    return stored.filter(({ _index }) => _index.endsWith('-000001')).length;
  }
});
