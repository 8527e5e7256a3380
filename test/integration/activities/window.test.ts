import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { STREAM_TEMPLATE } from '../../../activities/elasticsearch/assets/stream/stream-template.ts';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import type { OpenedWindow } from '../../../contracts/activities.ts';
import { dataStream } from '../../../contracts/names.ts';
import { openInput } from '../../open-input.ts';
import { SECRET, type Stage, withStage } from '../../stage.ts';

function commit(set: Stage, opened: OpenedWindow, runId = 'run-1') {
  return set.run('commitWindow', {
    feed: 'default',
    runId,
    opened,
    counts: NO_COUNTS,
    late: 0,
    attention: [],
  });
}

describe('openWindow and commitWindow', () => {
  test('the first window covers everything, and the next one begins an overlap before the watermark', () =>
    withStage(async (set) => {
      const first = await set.run('openWindow', openInput());
      assert.equal(first.kind, 'whole');
      assert.equal(first.window.from, null);
      assert.ok(first.expected > 0);
      const { watermark } = await commit(set, first);
      assert.equal(watermark, first.window.to);

      await set.source.post('/_sim/clock', { advanceMs: 240_000 });
      const second = await set.run('openWindow', openInput());
      assert.equal(second.kind, 'next');
      assert.equal(Date.parse(second.window.from ?? ''), Date.parse(first.window.to) - 5 * 60_000);
      assert.equal((await commit(set, second)).watermark, second.window.to);
    }));

  test('a window without changes needs only the owners and one count', () =>
    withStage(async (set) => {
      await commit(set, await set.run('openWindow', openInput()));
      await set.source.post('/_sim/counters/reset');
      const second = await set.run('openWindow', openInput());
      assert.deepEqual(second.slices, []);
      const { requests } = await set.source.get<{ requests: Record<string, number> }>(
        '/_sim/counters',
      );
      assert.deepEqual(
        { owners: requests.owners, count: requests.count, page: requests.page },
        { owners: 1, count: 1, page: 0 },
      );
    }));

  test('an owner that vanishes during the planning is reported, and the plan continues without it', () =>
    withStage(async (set) => {
      const opened = await set.run('openWindow', openInput({ pageSize: 10 }));
      const [range] = opened.rest;
      assert.ok(range !== undefined);
      const { owners } = await set.source.get<{ owners: { name: string }[] }>('/_sim/owners');
      await set.source.post('/_sim/owners', { hide: owners[0]?.name });
      await set.source.post('/_sim/faults', {
        on: 'any',
        times: 1,
        fault: { kind: 'status', status: 403 },
      });
      const input = {
        feed: 'default',
        configHash: opened.configHash,
        range,
        recordsMax: 10,
        slicesMax: 9,
        owners: { ids: opened.ownerIds, all: true },
      };
      const refused = await set.run('planSlices', input);
      assert.deepEqual(refused.rest, [range]);
      assert.equal(refused.absentOwnerIds?.length, 1);
      const ids = opened.ownerIds.filter((id) => !refused.absentOwnerIds?.includes(id));
      const planned = await set.run('planSlices', { ...input, owners: { ids, all: false } });
      assert.ok(planned.slices.length > 0);
    }));

  test("the end of the window follows the source's clock, not the worker's", () =>
    withStage(async (set) => {
      await set.source.post('/_sim/clock', { offsetMs: -240_000 });
      const beganMs = Date.now();
      const { window } = await set.run('openWindow', openInput());
      const toMs = Date.parse(window.to);
      assert.ok(toMs >= beganMs - 305_000, 'whole seconds, and what a Date header leaves out');
      assert.ok(toMs <= Date.now() - 295_000);
    }));

  test('a window that begins after the watermark never moves it', () =>
    withStage(async (set) => {
      const first = await set.run('openWindow', openInput());
      const ended = { ...first, window: { from: null, to: '2026-01-01T00:00:00Z' } };
      await commit(set, ended);
      const apart = await set.run('openWindow', openInput({ from: '2026-02-01T00:00:00Z' }));
      assert.equal(apart.kind, 'explicit');
      assert.equal((await commit(set, apart)).watermark, '2026-01-01T00:00:00Z');
    }));

  test("a source's clock that is far ahead does not move the watermark into the future", () =>
    withStage(async (set) => {
      await set.source.post('/_sim/clock', { offsetMs: 86_400_000 });
      const { window } = await set.run('openWindow', openInput());
      assert.ok(Date.parse(window.to) < Date.now() + 5 * 60_000);
    }));

  test('a watermark in the future is an error, not a feed without changes', () =>
    withStage(async (set) => {
      const first = await set.run('openWindow', openInput());
      await commit(set, { ...first, window: { from: null, to: '2100-01-01T00:00:00Z' } });
      await assert.rejects(set.run('openWindow', openInput()), {
        type: 'SourceContract',
        message: /a clock is or was wrong/,
      });
    }));

  test('an owner that was hidden during a run is read completely when it is back', () =>
    withStage(async (set) => {
      const { owners } = await set.source.get<{ owners: { id: number; name: string }[] }>(
        '/_sim/owners',
      );
      const hidden = owners.at(-1);
      const first = await set.run('openWindow', openInput());
      await set.source.post('/_sim/owners', { hide: hidden?.name });
      await set.run('commitWindow', {
        feed: 'default',
        runId: 'run-1',
        opened: first,
        counts: { ...NO_COUNTS, pages: 1 },
        late: 0,
        attention: [],
      });
      await set.source.post('/_sim/owners', { show: hidden?.name });
      const next = await set.run('openWindow', openInput());
      assert.deepEqual(
        next.slices.map(({ ownerIds }) => ownerIds),
        [[String(hidden?.id)]],
      );
    }));

  test('two runs that commit at the same time both succeed, and the watermark is the later end', () =>
    withStage(async (set) => {
      const first = await set.run('openWindow', openInput());
      await commit(set, first);
      const ends = [1, 2, 3, 4].map((minutes) =>
        new Date(Date.parse(first.window.to) + minutes * 60_000).toISOString().slice(0, 19),
      );
      await Promise.all(
        ends.map((end, index) =>
          commit(
            set,
            { ...first, kind: 'next', window: { from: first.window.to, to: `${end}Z` } },
            `run-${index}`,
          ),
        ),
      );
      const { state } = await readState(set);
      assert.equal(state.watermark, `${ends[3]}Z`);
    }));

  test('an owner that becomes visible is read completely', () =>
    withStage(async (set) => {
      const { owners } = await set.source.get<{ owners: { id: number; name: string }[] }>(
        '/_sim/owners',
      );
      const hidden = owners.at(-1)?.name;
      await set.source.post('/_sim/owners', { hide: hidden });
      await commit(set, await set.run('openWindow', openInput()));
      await set.source.post('/_sim/owners', { show: hidden });
      const next = await set.run('openWindow', openInput());
      assert.deepEqual(
        next.slices.map(({ from, ownerIds }) => [from, ownerIds]),
        [[null, [String(owners.at(-1)?.id)]]],
      );
      assert.match(next.notes.join(), /became visible/);
    }));

  test("a data stream is not created from Elasticsearch's own template, of which the transform sees nothing", () =>
    withStage(async (set) => {
      const name = dataStream('default');
      await set.sink.indices.deleteDataStream({ name });
      await set.sink.indices.deleteIndexTemplate({ name: STREAM_TEMPLATE });
      await assert.rejects(set.run('openWindow', openInput()), {
        type: 'SinkMisconfigured',
        message: /its index template \S+ exists: `tcsync apply` creates both$/,
      });
      assert.equal(await set.sink.indices.exists({ index: name }), false);
      await set.apply();
      assert.ok((await set.run('openWindow', openInput())).stream.length > 0);
    }));

  test('a namespace that belongs to another instance is refused', () =>
    withStage(async (set) => {
      await set.sink.index({
        index: 'tcsync-state-default',
        id: 'instance',
        document: { tc_url: 'https://other.example/api' },
      });
      await assert.rejects(set.run('openWindow', openInput()), {
        type: 'BadInput',
        message: /other\.example/,
      });
    }));

  test('an unknown feed is refused with the names of the existing feeds', () =>
    withStage(async (set) => {
      await assert.rejects(set.run('openWindow', openInput({ feed: 'nope' })), {
        type: 'BadInput',
        message: /configured: default/,
      });
    }));

  test('an owner that the account cannot see is refused with the names of the visible owners', () =>
    withStage(
      async (set) => {
        await assert.rejects(set.run('openWindow', openInput()), {
          type: 'SourceForbidden',
          message: /Nobody Feed; visible: /,
        });
      },
      { TC_OWNERS: 'Nobody Feed' },
    ));

  test("a wrong secret gives the server's message and the likely causes, but shows no secret", () =>
    withStage(async (set) => {
      await set.source.post('/_sim/credentials', { secretKey: 'another' });
      await assert.rejects(set.run('openWindow', openInput()), (error) => {
        const { type, message, stack, nonRetryable } = error as Error & {
          type: string;
          nonRetryable: boolean;
        };
        assert.equal(type, 'SourceUnauthorized');
        assert.equal(nonRetryable, true);
        assert.match(message, /Signature data did not match expected result.*likely causes/);
        for (const text of [message, String(stack)]) {
          assert.ok(!text.includes(SECRET) && !text.includes(SECRET.trim()));
        }
        return true;
      });
      await assert.rejects(readState(set)); // nothing was committed
    }));
});

async function readState(set: Stage): Promise<{ state: { watermark: string } }> {
  const { _source } = await set.sink.get<{ watermark: string }>({
    index: 'tcsync-state-default',
    id: 'feed:default',
  });
  assert.ok(_source !== undefined);
  return { state: _source };
}
