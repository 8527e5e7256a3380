import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { RejectStore } from '../../../activities/elasticsearch/reject-store.ts';
import { streamIndices } from '../../../activities/elasticsearch/stream-identity.ts';
import { dataStream } from '../../../contracts/names.ts';
import type { Reject } from '../../../contracts/reject.ts';
import { stage, type Stage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';

const SIGNAL = new AbortController().signal;
const ALL = { feed: null, state: null, size: 100, after: null };

/** A text that only the refused record has. */
const POISON = 'poison-summary';

/** The answer of Elasticsearch, or of a proxy in front of it, to every request with that record. */
const FAULTS = {
  'answered 500': { fault: { kind: 'item', status: 500, containing: POISON } },
  'answered 400 of a type never seen': {
    fault: {
      kind: 'item',
      status: 400,
      containing: POISON,
      error: { type: 'never_seen_exception', reason: 'no' },
    },
  },
  'answered with a connection that breaks': { containing: POISON, fault: { kind: 'reset' } },
  'answered 403 by a proxy': {
    containing: POISON,
    fault: { kind: 'status', status: 403, body: 'blocked' },
  },
  'answered 502 by a proxy': { containing: POISON, fault: { kind: 'status', status: 502 } },
};

let set: Stage;
let ids: string[];
let poisoned: string;

async function start(records: number): Promise<void> {
  set = await stage({ records });
  set.deps.waiting = { sleep: async () => undefined, random: () => 1 };
  await set.apply();
  const truth = await set.source.lines<{ id: string; active: boolean; deleted: boolean }>(
    '/_sim/truth',
  );
  ids = truth.filter(({ active, deleted }) => active && !deleted).map(({ id }) => id);
  poisoned = ids[0] ?? '';
  await set.source.post('/_sim/damages', { id: poisoned, set: { summary: POISON } });
}

async function spoil(order: object): Promise<void> {
  await set.elasticsearch.post('/_sim/faults', { on: 'bulk', times: null, ...order });
}

async function rejects(): Promise<Reject[]> {
  await set.sink.indices.refresh({
    index: 'logs-tcsync.reject-default',
    ignore_unavailable: true,
  });
  return (await new RejectStore(set.sink, 'default').list(ALL, SIGNAL)).rejects;
}

describe('a record that Elasticsearch always refuses', () => {
  beforeEach(() => start(20));
  afterEach(() => set.close());

  for (const [what, order] of Object.entries(FAULTS)) {
    test(`${what}, is set aside, and the page continues`, async () => {
      await spoil(order);
      const { counts } = await set.run('syncPage', wholeFeed(set));
      assert.deepEqual(
        [counts.created, counts.rejected, (await set.stored()).length],
        [ids.length - 1, 1, ids.length - 1],
      );
      const [reject, ...others] = await rejects();
      assert.deepEqual([reject?.indicatorId, reject?.state, others], [poisoned, 'open', []]);
    });

    test(`${what}, is set aside if it is alone on its page`, async () => {
      const input = { ...wholeFeed(set), pageSize: ids.length };
      await set.run('syncPage', input);
      await set.sink.indices.refresh({ index: 'logs-ti_threatconnect.indicator-default' });
      // it was written before it became one that is refused; now it is changed
      await set.source.post('/_sim/mutate', {
        changes: [{ op: 'update', id: poisoned, set: { rating: 1 } }],
      });
      await spoil(order);
      const alone = { ...input, position: { ...input.position, cursor: '0' }, pageSize: 1 };
      const { counts } = await set.run('syncPage', alone);
      assert.deepEqual([counts.read, counts.rejected], [1, 1]);
      assert.deepEqual((await rejects()).length, 1);
    });
  }

  test('is not set aside if all others are refused too', async () => {
    await spoil({ fault: { kind: 'item', status: 500 } });
    await assert.rejects(set.run('syncPage', wholeFeed(set)), {
      type: 'SinkUnavailable',
      nonRetryable: false,
    });
    assert.deepEqual(await rejects(), []);
  });

  test('is not set aside if a missing pipeline refuses all documents of a data stream that never accepted any', async () => {
    const indices = await streamIndices(set.sink, dataStream('default'), SIGNAL);
    const index = indices.map(({ name }) => name);
    await set.sink.indices.putSettings({ index, settings: { 'index.final_pipeline': 'gone' } });
    await assert.rejects(set.run('syncPage', wholeFeed(set)), {
      type: 'SinkMisconfigured',
      nonRetryable: true,
    });
    assert.deepEqual(await rejects(), []);
  });
});
