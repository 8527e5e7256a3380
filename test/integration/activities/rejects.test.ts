import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { RejectStore } from '../../../activities/elasticsearch/reject-store.ts';
import type { Reject } from '../../../contracts/reject.ts';
import type { SyncPageInput, SyncPageResult } from '../../../contracts/activities.ts';
import { stage, type Stage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';

const RECORDS = 80;
const SIGNAL = new AbortController().signal;
const ALL = { feed: null, state: null, size: 100, after: null };
/** A change that an operator could make: a field of groups that must be a number. */
const CUSTOM = 'tcsync-ti_threatconnect.indicator@custom';
const XID = 'threat_connect.indicator.associated_groups.data.xid';

type Truth = { id: string; active: boolean; deleted: boolean };

let set: Stage;
let store: RejectStore;
let input: SyncPageInput;
let ids: string[];

async function start(): Promise<void> {
  set = await stage({ records: RECORDS }, { TC_MAX_BODY: '1MiB' });
  const number = { type: 'long', ignore_malformed: false };
  await set.sink.cluster.putComponentTemplate({
    name: CUSTOM,
    template: { mappings: { properties: nested(XID.split('.'), number) } },
  });
  await set.apply();
  store = new RejectStore(set.sink, 'default');
  input = wholeFeed(set);
  const truth = await set.source.lines<Truth>('/_sim/truth');
  ids = truth.filter(({ active, deleted }) => active && !deleted).map(({ id }) => id);
}

function readPage(changes: Partial<SyncPageInput> = {}): Promise<SyncPageResult> {
  return set.run('syncPage', { ...input, ...changes });
}

async function rejects(): Promise<Map<string | null, Reject>> {
  await set.sink.indices.refresh({ index: 'logs-tcsync.reject-default' });
  const listed = await store.list(ALL, SIGNAL);
  assert.equal(listed.total, listed.rejects.length);
  return new Map(listed.rejects.map((reject) => [reject.indicatorId, reject]));
}

async function replay(rejectIds: string[] | null = null) {
  const replayed = { feed: 'default', runId: 'replay-1', rejects: rejectIds, after: null };
  const { counts } = await set.run('replayBatch', replayed);
  return counts;
}

describe('a page with a text in a numeric field, a record beyond every limit and one without an id', () => {
  let text: string;
  let large: string;
  let nameless: string;
  before(async () => {
    await start();
    [text = '', large = '', nameless = ''] = [ids[3], ids[10], ids.at(-1)];
    await set.source.post('/_sim/damages', {
      id: text,
      set: { associatedGroups: { data: [{ id: 1, xid: 'high' }] } },
    });
    await set.source.post('/_sim/damages', { id: large, padBytes: 3 * 1024 * 1024 });
    await set.source.post('/_sim/damages', { id: nameless, set: { id: null } });
  });
  after(() => set.close());

  test('writes all the others and counts each record', async () => {
    const { counts, ended } = await readPage();
    assert.deepEqual(counts, {
      pages: 1,
      read: ids.length,
      created: ids.length - 3,
      duplicate: 0,
      rejected: 3,
      ended: 0,
      inactive: 0,
    });
    assert.deepEqual(ended, { missing: 0, settledMissing: 0 });
  });

  test('keeps the three with their reasons and the data that finds them', async () => {
    const kept = await rejects();
    assert.equal(kept.size, 3);
    assert.match(kept.get(text)?.reason ?? '', /400 document_parsing_exception/);
    assert.match(kept.get(large)?.reason ?? '', /larger than TC_MAX_BODY/);
    const head = Buffer.byteLength(kept.get(large)?.text ?? '');
    assert.ok(head > 32_000 && head <= 32 * 1024, `${head} bytes of its text`);
    assert.ok((kept.get(large)?.textBytes ?? 0) > 3 * 1024 * 1024);
    const nothing = kept.get(null);
    assert.match(nothing?.reason ?? '', /no id/);
    assert.equal(nothing?.position, ids.length);
    for (const reject of kept.values()) {
      assert.equal(reject.state, 'open');
      assert.equal(reject.feed, 'default');
      assert.equal(reject.runId, 'run-1');
      if (reject.indicatorId === large) continue; // only its beginning is known
      assert.ok(reject.owner !== null && reject.type !== null && reject.summary !== null);
    }
  });

  test('keeps no reject twice if the page is read again', async () => {
    const { counts } = await readPage();
    assert.deepEqual([counts.created, counts.rejected], [0, 3]);
    assert.equal((await rejects()).size, 3);
  });

  test('leaves them open after a replay before the cause is corrected', async () => {
    assert.deepEqual(await replay(), {
      asked: 3,
      written: 0,
      rejected: 3,
      gone: 0,
      unfindable: 0,
    });
    assert.equal((await rejects()).size, 3);
  });

  test('writes them in a replay after the cause is corrected, and settles the rejects', async () => {
    await set.source.delete('/_sim/damages');
    assert.deepEqual(await replay(), {
      asked: 3,
      written: 3,
      rejected: 0,
      gone: 0,
      unfindable: 0,
    });
    assert.deepEqual(
      [...(await rejects()).values()].map(({ state }) => state),
      ['written', 'written', 'written'],
    );
    const stored = await set.stored();
    const indicator = (source: Record<string, unknown>) =>
      (source.threat_connect as { indicator: { id: string } }).indicator.id;
    const storedIds = new Set(stored.map(({ _source }) => indicator(_source)));
    assert.deepEqual([...storedIds].sort(), [...ids].sort());
    assert.equal((await replay()).asked, 0);
  });

  test('answers an unknown reject id with a clear error', async () => {
    await assert.rejects(replay(['nosuchreject']), { type: 'BadInput', message: /nosuchreject/ });
  });
});

describe('a rejected record that the source no longer shows', () => {
  before(start);
  after(() => set.close());

  test('is settled as gone', async () => {
    const [id] = ids;
    assert.ok(id !== undefined);
    await set.source.post('/_sim/damages', { id, padBytes: 2 * 1024 * 1024 });
    assert.equal((await readPage()).counts.rejected, 1);
    await set.source.post('/_sim/mutate', { changes: [{ op: 'delete', id }] });
    await rejects();
    assert.deepEqual(await replay(), { asked: 1, written: 0, rejected: 0, gone: 1, unfindable: 0 });
    assert.equal((await rejects()).get(id)?.state, 'gone');
  });
});

describe('a record that is rejected again', () => {
  let id: string;
  before(async () => {
    await start();
    id = ids[0] ?? '';
    await damage('high');
    await set.source.post('/_sim/damages', { id: ids.at(-1), set: { id: null } });
    await readPage();
    await rejects();
  });
  after(() => set.close());

  const damage = (xid: string) =>
    set.source.post('/_sim/damages', {
      id,
      set: { associatedGroups: { data: [{ id: 1, xid }] } },
    });

  const first = async () => {
    const kept = await rejects();
    assert.deepEqual([kept.size, kept.get(id)?.state], [2, 'open']);
    return kept.get(id);
  };

  test('on another day, by another run, is one reject, which is updated', async () => {
    await set.source.post('/_sim/clock', { advanceMs: 26 * 60 * 60 * 1_000 });
    await damage('higher');
    const { counts } = await readPage({ runId: 'run-2' });
    assert.equal(counts.rejected, 2);
    const kept = await first();
    assert.equal(kept?.runId, 'run-2');
    assert.match(kept?.text ?? '', /"higher"/);
    assert.ok(Date.parse(kept?.readAt ?? '') > Date.now() + 25 * 60 * 60 * 1_000);
  });

  test('for another reason is one reject, with the new reason', async () => {
    await set.source.post('/_sim/damages', { id, padBytes: 3 * 1024 * 1024 });
    await readPage({ runId: 'run-3' });
    assert.match((await first())?.reason ?? '', /larger than TC_MAX_BODY/);
    await damage('highest');
  });

  test('after a rollover is one reject', async () => {
    await set.sink.indices.rollover({ alias: 'logs-tcsync.reject-default' });
    await readPage({ runId: 'run-4' });
    assert.equal((await first())?.runId, 'run-4');
  });

  test('by two replays is one reject, and each replay counts all its records', async () => {
    for (const count of [1, 2]) {
      const counts = await replay();
      assert.equal(counts.asked, 2, `replay ${count}`);
      assert.equal(
        counts.asked,
        counts.written + counts.rejected + counts.gone + counts.unfindable,
      );
      await first();
    }
  });

  test('after a replay had written it is open again', async () => {
    await set.source.delete('/_sim/damages');
    assert.equal((await replay()).written, 2);
    await damage('again');
    await readPage({ runId: 'run-5' });
    assert.equal((await rejects()).get(id)?.state, 'open');
  });
});

describe('a reject whose owner cannot be seen', () => {
  before(start);
  after(() => set.close());

  test('is not settled as gone: it stays open, and is written when the owner is back', async () => {
    const [id = ''] = ids;
    await set.source.post('/_sim/damages', {
      id,
      set: { associatedGroups: { data: [{ id: 1, xid: 'high' }] } },
    });
    await readPage();
    const owner = (await rejects()).get(id)?.owner;
    await set.source.delete('/_sim/damages');
    await set.source.post('/_sim/owners', { hide: owner });
    assert.equal((await replay()).unfindable, 1);
    assert.equal((await rejects()).get(id)?.state, 'open');
    await set.source.post('/_sim/owners', { show: owner });
    assert.equal((await replay()).written, 1);
  });
});

describe('a page with too many rejects', () => {
  beforeEach(start);

  test('fails and keeps no reject until the workflow tells it to continue', async (context) => {
    context.after(() => set.close());
    for (const id of ids) {
      await set.source.post('/_sim/damages', {
        id,
        set: { associatedGroups: { data: [{ id: 1, xid: 'high' }] } },
      });
    }
    await assert.rejects(readPage(), { type: 'TooManyRejects', nonRetryable: true });
    assert.deepEqual(await set.elasticsearch.lines('/_sim/documents?target=logs-tcsync*'), []);
    const { counts, tooManyRejects } = await readPage({ acceptRejects: true });
    assert.equal(counts.rejected, ids.length);
    assert.equal(tooManyRejects, true);
    assert.equal((await rejects()).size, ids.length);
  });
});

function nested(path: readonly string[], leaf: object): Record<string, object> {
  const [first = '', ...rest] = path;
  return { [first]: rest.length === 0 ? leaf : { properties: nested(rest, leaf) } };
}
