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
    await until('readers see every indicator', async () => (await read()).length === live);
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

  /** All the time, each indicator must be seen exactly once. */
  async function whileReading<T>(work: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    const reading = (async () => {
      while (!over.signal.aborted) {
        const ids = await read();
        assert.equal(ids.length, live);
        assert.equal(new Set(ids).size, live);
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

  async function read(): Promise<string[]> {
    const { hits } = await line.elasticsearch.search({
      index: LATEST_ALIAS,
      size: 1_000,
      _source: false,
      docvalue_fields: [ID],
    });
    return hits.hits.map(({ fields = {} }) => String((fields[ID] as string[] | undefined)?.[0]));
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
