import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import type {
  CheckpointWindowResult,
  OpenedWindow,
  OpenWindowInput,
} from '../../../contracts/activities.ts';
import {
  BEGINNING,
  type SlicePosition,
  type SyncFeedProgress,
} from '../../../contracts/progress.ts';
import { toProgress } from '../../../workflows/to-progress.ts';
import { openInput } from '../../open-input.ts';
import { type Stage, withStage } from '../../stage.ts';

const READ: SlicePosition = { cursor: '40', read: 40, settledRead: 40, pass: 1, hidden: false };

function open(set: Stage, input: Partial<OpenWindowInput> = {}): Promise<OpenedWindow> {
  return set.run('openWindow', openInput(input));
}

/** The progress of a run that has read a part of its only slice. */
function reached(opened: OpenedWindow, position = READ): SyncFeedProgress {
  const begun = toProgress(opened);
  return {
    ...begun,
    slices: begun.slices.map((slice) => Object.assign({}, slice, { position })),
    counts: { ...NO_COUNTS, pages: 1, read: position.read, created: position.read },
  };
}

function save(set: Stage, progress: SyncFeedProgress, runId = 'run-1'): Promise<void> {
  return set.run('saveProgress', { feed: 'default', runId, progress });
}

function checkpoint(set: Stage, opened: OpenedWindow, to: string): Promise<CheckpointWindowResult> {
  const saved = { feed: 'default', runId: 'run-2', progress: reached(opened) };
  return set.run('checkpointWindow', { feed: 'default', opened, to, reached: saved });
}

describe('progress across runs', () => {
  test('the next run continues at the saved cursor, and its commit removes the saved progress', () =>
    withStage(async (set) => {
      const first = await open(set);
      await save(set, reached(first));
      const second = await open(set);
      assert.deepEqual(second.resumed?.slices[0]?.position, READ);
      assert.deepEqual(second.window, first.window);
      assert.match(second.notes.join(), /run-1 had read 40 of/);
      const counts = { ...NO_COUNTS, pages: 2 };
      const { watermark } = await set.run('commitWindow', {
        feed: 'default',
        runId: 'run-2',
        opened: second,
        counts,
        late: 0,
        attention: [],
      });
      assert.equal(watermark, first.window.to);
      const third = await open(set);
      assert.equal(third.resumed, null);
      assert.equal(third.kind, 'next');
    }));

  test('a window that a person asks for does not use the saved progress, which stays for the next run', () =>
    withStage(async (set) => {
      await save(set, reached(await open(set)));
      const apart = await open(set, { from: '2020-01-01T00:00:00Z' });
      assert.equal(apart.resumed, null);
      const commit = {
        feed: 'default',
        runId: 'run-2',
        opened: apart,
        counts: NO_COUNTS,
        late: 0,
        attention: [],
      };
      await set.run('commitWindow', commit);
      assert.notEqual((await open(set)).resumed, null);
    }));

  for (const [id, document, said] of [
    [
      'feed:default',
      { feed: 'default' },
      /feed:default .*\(watermark: .*`DELETE .*all of the feed/,
    ],
    ['feed:default', { watermark: '2026-01-01' }, /feed:default .*\(.*`DELETE .*all of the feed/],
    ['instance', { url: 'https://tc.example' }, /_doc\/instance .*\(tc_url: /],
  ] as const) {
    test(`a malformed state document ends the run with one sentence: ${JSON.stringify(document)}`, () =>
      withStage(async (set) => {
        await set.sink.index({ index: 'tcsync-state-default', id, document });
        await assert.rejects(open(set), { type: 'SinkMisconfigured', message: said });
        await set.sink.delete({ index: 'tcsync-state-default', id });
        assert.equal((await open(set)).kind, 'whole');
      }));
  }

  test('a state index that is blocked for writing is not reported as a fault of the key', () =>
    withStage(async (set) => {
      const progress = reached(await open(set));
      // the answer of `index.blocks.write`; reads still work
      const error = {
        type: 'cluster_block_exception',
        reason: 'index [x] blocked by: [FORBIDDEN/8]',
      };
      await set.elasticsearch.post('/_sim/faults', {
        on: 'doc',
        containing: 'run-1',
        fault: { kind: 'status', status: 403, body: { error, status: 403 } },
      });
      await assert.rejects(save(set, progress), {
        type: 'SinkMisconfigured',
        message: /403 cluster_block_exception; the index or the cluster is blocked for writing/,
      });
      await save(set, progress);
    }));

  test('while everything is read again, the progress is saved at each step, because the watermark cannot move', () =>
    withStage(async (set) => {
      const commit = { feed: 'default', runId: 'run-1', counts: NO_COUNTS, late: 0, attention: [] };
      await set.sink.index({
        index: 'tcsync-state-default',
        id: 'feed:default',
        document: {
          feed: 'default',
          watermark: '2026-01-01T00:00:00Z',
          starts_at: null,
          owner_ids: [],
          seen_owners: [],
          stream: [],
          config_hash: 'another',
          last_run: null,
        },
        refresh: true,
      });
      const opened = await open(set);
      assert.equal(opened.kind, 'whole');
      await checkpoint(set, opened, '2026-01-02T00:00:00Z');
      const next = await open(set);
      assert.deepEqual(next.resumed?.slices[0]?.position, READ);
      await set.run('commitWindow', { ...commit, opened: next });
      assert.equal((await open(set)).resumed, null);
    }));

  test('under another configuration a saved cursor is dropped, and the run says ConfigChanged', () =>
    withStage(async (set) => {
      const other = { ...reached(await open(set)), configHash: 'other' };
      await save(set, other);
      const { resumed, notes } = await open(set);
      assert.equal(resumed, null);
      assert.match(notes.join(), /ConfigChanged/);
    }));

  test('of two runs of the same window the progress of the one that has read more is kept', () =>
    withStage(async (set) => {
      const opened = await open(set);
      const less = { ...READ, cursor: '20', read: 20, settledRead: 20 };
      await save(set, reached(opened), 'run-1');
      await save(set, reached(opened, less), 'run-2');
      assert.equal((await open(set)).resumed?.counts.read, 40);
    }));

  test('two runs that save at the same time both end, and the progress of one of them is kept', () =>
    withStage(async (set) => {
      const progress = reached(await open(set));
      await Promise.all(['run-1', 'run-2', 'run-3'].map((runId) => save(set, progress, runId)));
      assert.deepEqual((await open(set)).resumed?.slices[0]?.position, READ);
    }));

  test('a slice that was in its second pass is read from its first pass again', () =>
    withStage(async (set) => {
      await save(set, reached(await open(set), { ...READ, pass: 2 }));
      assert.deepEqual((await open(set)).resumed?.slices[0]?.position, BEGINNING);
    }));

  test('a cursor is not used if the source no longer accepts `id >`', () =>
    withStage(async (set) => {
      await save(set, { ...reached(await open(set)), keyset: false });
      const { resumed, kind } = await open(set);
      assert.equal(resumed, null);
      assert.equal(kind, 'whole');
    }));

  test('a feed whose document was deleted is read completely, and the saved progress is ignored', () =>
    withStage(async (set) => {
      const whole = await open(set);
      const commit = {
        feed: 'default',
        runId: 'run-1',
        opened: whole,
        counts: NO_COUNTS,
        late: 0,
        attention: [],
      };
      await set.run('commitWindow', commit);
      await set.source.post('/_sim/clock', { advanceMs: 60_000 });
      await save(set, reached(await open(set)));
      await set.sink.delete({ index: 'tcsync-state-default', id: 'feed:default' });
      const { kind, resumed, notes } = await open(set);
      assert.deepEqual([kind, resumed], ['whole', null]);
      assert.match(notes.join(), /does not follow the committed windows/);
    }));

  test('fields that the account may no longer read are left out of the rest of the window', () =>
    withStage(
      async (set) => {
        const opened = await open(set);
        assert.equal(opened.deepFields, true);
        await save(set, reached(opened));
        await set.source.post('/_sim/switches', { deepFields: 'refuse' });
        const { resumed, deepFields, notes } = await open(set);
        assert.deepEqual([resumed?.counts.read, deepFields], [40, false]);
        assert.match(notes.join(), /read without/);
      },
      { TC_FIELDS: 'tags,associatedGroups.attributes' },
    ));

  test('progress of another version is not used, and the next commit removes it', () =>
    withStage(async (set) => {
      await set.sink.index({
        index: 'tcsync-state-default',
        id: 'unfinished:default',
        document: { feed: 'default', from: 'the future' },
      });
      const opened = await open(set);
      assert.match(opened.notes.join(), /another version/);
      const commit = {
        feed: 'default',
        runId: 'run-1',
        opened,
        counts: NO_COUNTS,
        late: 0,
        attention: [],
      };
      await set.run('commitWindow', commit);
      assert.deepEqual((await open(set)).notes, []);
    }));

  test('an owner that is hidden while the watermark moves is read completely when it is back, even if the run commits after that', () =>
    withStage(async (set) => {
      const { owners } = await set.source.get<{ owners: { id: number; name: string }[] }>(
        '/_sim/owners',
      );
      const hidden = owners.at(-1);
      const opened = await open(set);
      await set.source.post('/_sim/owners', { hide: hidden?.name });
      const { ownerIds } = await checkpoint(set, opened, '2026-01-01T00:00:00Z');
      await set.source.post('/_sim/owners', { show: hidden?.name });
      const counts = { ...NO_COUNTS, pages: 1 };
      const read = { ...opened, ownerIds };
      const commit = {
        feed: 'default',
        runId: 'run-1',
        opened: read,
        counts,
        late: 0,
        attention: [],
      };
      await set.run('commitWindow', commit);
      assert.deepEqual(
        (await open(set)).slices.map((slice) => slice.ownerIds),
        [[String(hidden?.id)]],
      );
    }));

  test('the next run begins at the watermark that an open run has moved', () =>
    withStage(
      async (set) => {
        const opened = await open(set);
        await checkpoint(set, opened, '2026-01-01T00:00:00Z');
        const next = await open(set);
        assert.deepEqual([next.kind, next.window.from], ['next', '2025-12-31T23:59:00Z']);
      },
      { TC_OVERLAP: '1m' },
    ));
});
