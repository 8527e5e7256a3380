import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { replacementProgress } from '../../contracts/messages.ts';
import { dataStream, LATEST_ALIAS, replacementWorkflowId } from '../../contracts/names.ts';
import type { ReplaceLatestResult } from '../../contracts/replace-latest-input.ts';
import { until } from '../stage.ts';
import { tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-';

const ID = 'threat_connect.indicator.id';

/** An indicator that a reader sees. `eventId`: its summary. */
type Look = { id: string; eventId: string };

describe('the latest index is replaced while a worker dies', { timeout: 600_000 }, () => {
  let line: Line;
  /** Number of indicators. */
  let live: number;
  before(async () => {
    const env = { ES_TRANSFORM_DELAY: '1s', ES_TRANSFORM_FREQUENCY: '1s' };
    line = await startLine({ records: 300, env });
    for (const args of [['apply'], ['run']]) {
      const { code, stderr } = await tcsync(args, line.env);
      assert.equal(code, 0, stderr);
    }
    await line.elasticsearch.indices.refresh({ index: dataStream('default') });
    live = (await line.elasticsearch.count({ index: dataStream('default') })).count;
    assert.ok(live > 0);
    await until('readers see every indicator', async () => (await look()).length === live);
  });
  after(() => line.stop());

  test('tcsync apply --replace-latest moves readers to the new index, whichever worker does it', async () => {
    await line.sink.post('/_sim/tasks', { looks: 4 });
    const [{ code, stdout, stderr }] = await whileReading(async () => {
      const applied = tcsync(['apply', '--replace-latest', '--json'], line.env);
      await until('the copy runs', async () => (await phase()) === 'copying');
      await line.processes.kill('the worker');
      await line.startWorker();
      return [await applied];
    });
    assert.equal(code, 0, stderr);
    const { replacement } = JSON.parse(stdout) as { replacement: ReplaceLatestResult };
    assert.deepEqual(replacement, {
      kind: 'copy',
      from: `${INDEX}101`,
      to: `${INDEX}102`,
      compared: { ...replacement.compared, equal: live, changed: 0 },
    });
    assert.deepEqual(await behindAlias(), [`${INDEX}102`]);
    assert.match(stderr, /copying, logs-.*-101 to logs-.*-102: \d+ of \d+/);
  });

  test('tcsync apply --undo moves them back', async () => {
    const [{ code, stdout, stderr }] = await whileReading(async () => [
      await tcsync(['apply', '--undo'], line.env),
    ]);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /replaced +latest index logs-.*-102 by logs-.*-101\n +\d+ indicators are the same/,
    );
    assert.deepEqual(await behindAlias(), [`${INDEX}101`]);
  });

  test('there is nothing to undo twice', async () => {
    await line.elasticsearch.indices.delete({ index: `${INDEX}102` });
    const { code, stderr } = await tcsync(['apply', '--undo'], line.env);
    assert.equal(code, 2);
    assert.match(stderr, /there is nothing to go back to: the latest index before .*-101 is gone/);
  });

  describe('after a change of the profile the feeds are read whole', () => {
    before(async () => {
      const summaries = (await look()).map(({ eventId }) => eventId);
      asGrouped = { ids: live, eventIds: new Set(summaries).size };
      assert.ok(asGrouped.eventIds < live);
      await line.processes.kill('the worker');
      line.env['TCSYNC_OUTPUT_PROFILE'] = 'compatible';
      await line.startWorker();
    });

    /** Number of documents in the old index, and in the new one, which keeps one of each summary. */
    let asGrouped: { ids: number; eventIds: number };

    /** All the time, each indicator must be seen exactly once, as the one or the other index groups them. */
    const isRight = (seen: Look[]) => {
      const ids = new Set(seen.map(({ id }) => id)).size;
      assert.equal(ids, seen.length);
      assert.equal(new Set(seen.map(({ eventId }) => eventId)).size, asGrouped.eventIds);
      assert.ok(ids === asGrouped.ids || ids === asGrouped.eventIds, `${ids}`);
    };

    test('cancelled while they are read, it leaves everything as it was, and says so', async () => {
      const [{ code, stderr }] = await whileReading(async () => {
        const applied = tcsync(['apply', '--replace-latest'], line.env);
        await untilFeedIsRead();
        await line.temporal.workflow.getHandle(replacementWorkflowId('default')).cancel();
        return [await applied];
      }, isRight);
      await line.source.delete('/_sim/faults');
      assert.equal(code, 1, stderr);
      assert.match(stderr, /latest was cancelled: readers stay with the index that they saw/);
      const child = line.temporal.workflow.getHandle(`${replacementWorkflowId('default')}/default`);
      assert.equal((await child.describe()).status.name, 'CANCELLED');
      assert.deepEqual(await transforms(), ['tcsync-ti_threatconnect-latest-v1']);
      assert.deepEqual(await latestIndices(), [`${INDEX}101`]);
    });

    test('the worker dies meanwhile, and readers move to the new index once it has everything', async () => {
      const [{ code, stdout, stderr }] = await whileReading(async () => {
        const applied = tcsync(['apply', '--replace-latest', '--json'], line.env);
        await untilFeedIsRead();
        await line.processes.kill('the worker');
        await line.source.delete('/_sim/faults');
        await line.startWorker();
        return [await applied];
      }, isRight);
      // the transform is that of the other profile until the replacement
      assert.equal(code, 3, stderr);
      const { replacement } = JSON.parse(stdout) as { replacement: ReplaceLatestResult };
      assert.deepEqual(replacement, {
        kind: 'read',
        from: `${INDEX}101`,
        to: `${INDEX}103`,
        compared: null,
      });
      assert.deepEqual(await behindAlias(), [`${INDEX}103`]);
      assert.deepEqual(await transforms(), ['tcsync-ti_threatconnect-latest-v3']);
      assert.equal((await look()).length, asGrouped.eventIds);
    });
  });

  /** Until the source holds a page of the child. */
  async function untilFeedIsRead(): Promise<void> {
    const hold = { on: 'page', times: 1, fault: { kind: 'hold' } };
    await line.source.post('/_sim/faults', hold);
    await until('a page is held', async () => {
      const { held } = await line.source.get<{ held: number }>('/_sim/faults');
      return held === 1;
    });
    assert.equal(await phase(), 'reading');
  }

  /** Those that run. */
  async function transforms(): Promise<string[]> {
    const found = await line.elasticsearch.transform.getTransformStats({
      transform_id: 'tcsync-*',
    });
    return found.transforms.filter(({ state }) => state !== 'stopped').map(({ id }) => id);
  }

  async function latestIndices(): Promise<string[]> {
    return Object.keys(await line.elasticsearch.indices.get({ index: `${INDEX}*` }));
  }

  /** @param isRight throws if readers see something wrong; by default, unless they see each indicator exactly once */
  async function whileReading<T>(
    work: () => Promise<T>,
    isRight = (seen: Look[]): void => {
      assert.equal(seen.length, live);
      assert.equal(new Set(seen.map(({ id }) => id)).size, live);
    },
  ): Promise<T> {
    const over = new AbortController();
    const reading = (async () => {
      while (!over.signal.aborted) {
        isRight(await look());
        await pause(100);
      }
    })();
    try {
      return await work();
    } finally {
      over.abort();
      await reading;
    }
  }

  async function look(): Promise<Look[]> {
    const { hits } = await line.elasticsearch.search({
      index: LATEST_ALIAS,
      size: 1_000,
      _source: false,
      docvalue_fields: [ID, 'event.id'],
    });
    return hits.hits.map(({ fields = {} }) => {
      const [id, eventId] = [ID, 'event.id'].map((name) => (fields[name] as unknown[])[0]);
      return { id: String(id), eventId: String(eventId) };
    });
  }

  async function behindAlias(): Promise<string[]> {
    return Object.keys(await line.elasticsearch.indices.getAlias({ name: LATEST_ALIAS }));
  }

  async function phase(): Promise<string | null> {
    try {
      const handle = line.temporal.workflow.getHandle(replacementWorkflowId('default'));
      return (await handle.query(replacementProgress)).phase;
    } catch {
      return null; // it is not open yet
    }
  }
});
