import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';

import { at, refusal, useStandIn } from './elasticsearch-under-test.ts';
import {
  makeTransform,
  NOON_MS,
  pass,
  settle,
  stopClock,
  type TransformUnderTest,
  until,
} from './transform-under-test.ts';

describe('a transform of the stand-in in trouble', () => {
  const server = useStandIn();
  let transform: TransformUnderTest;

  before(() => stopClock(server));
  beforeEach(async () => {
    transform = await makeTransform(server);
  });

  const sim = async (action: string, order: Record<string, unknown>): Promise<void> => {
    const { status, text } = await server.ask('POST', `/_sim/transforms/${action}`, {
      id: transform.id,
      ...order,
    });
    assert.equal(status, 200, text);
  };
  const shown = async (path: string): Promise<unknown> => at(await transform.stats(), path);

  test('a key that cannot be grouped by makes it fail', async () => {
    await transform.start({ latest: { unique_key: ['words'], sort: 'created' } });
    await transform.write({ words: 'some words', hour: 1 });
    await pass(server, 150);
    assert.equal(await shown('state'), 'failed');
    assert.match(
      String(await shown('reason')),
      /^task encountered irrecoverable failure: Fielddata is disabled on \[words\]/,
    );
  });

  test('a sort field that no document has makes it fail', async () => {
    await transform.start({ latest: { unique_key: ['id'], sort: 'nothing' } });
    await transform.write({ id: 'a', hour: 1 });
    await pass(server, 150);
    assert.equal(
      await shown('reason'),
      'task encountered irrecoverable failure: No mapping found for [nothing] in order to sort on',
    );
  });

  test('a destination that refuses documents makes it fail, with what it said', async () => {
    await server.ask('PUT', '/_ingest/pipeline/refusing', {
      processors: [{ set: { field: 'id.x', value: 1 } }],
    });
    await transform.start({ dest: { index: transform.dest, pipeline: 'refusing' } });
    await transform.write({ id: 'a', hour: 1 });
    await pass(server, 150);
    assert.partialDeepStrictEqual(await transform.stats(), {
      state: 'failed',
      reason:
        'Failed to index documents into destination index due to permanent error: [Bulk index experienced [1] failures and at least 1 irrecoverable [illegal_argument_exception: cannot set [id.x] below [id]].]',
      checkpointing: { last: { checkpoint: 1 } },
      stats: { index_failures: 1, documents_indexed: 0 },
      health: { status: 'red', issues: [{ type: 'transform_task_failed', count: 1 }] },
    });
  });

  test('a failed one does nothing until it was stopped with force and started', async () => {
    await transform.start();
    await sim('fail', { reason: 'out of luck' });
    await transform.write({ id: 'a', hour: 1 });
    await pass(server, 150);
    assert.deepEqual(await transform.latest(), {});
    const { id } = transform;
    assert.deepEqual(
      (await transform.post('_start')).body,
      refusal(
        409,
        'status_exception',
        `Unable to start transform [${id}] as it is in a failed state. Use force stop and then restart the transform once error is resolved. More details: [out of luck]`,
      ),
    );
    assert.deepEqual(
      (await transform.post('_stop')).body,
      refusal(
        409,
        'status_exception',
        `Unable to stop transform [${id}] as it is in a failed state. Use force stop to stop the transform. More details: [out of luck]`,
      ),
    );
    assert.equal((await server.ask('DELETE', `/_transform/${id}`)).status, 409);
    assert.equal((await transform.post('_stop?force=true&wait_for_completion=true')).status, 200);
    assert.equal(await shown('state'), 'stopped');
    assert.equal((await transform.post('_start')).status, 200);
    await settle(server);
    assert.deepEqual(Object.keys(await transform.latest()), ['a']);
  });

  test('a passing error is met again and again, later each time', async () => {
    await transform.start();
    await transform.write({ id: 'a', hour: 1 });
    await sim('hinder', { status: 503, reason: 'no shard available', times: 2 });
    await pass(server, 150);
    assert.partialDeepStrictEqual(await transform.stats(), {
      state: 'started',
      health: {
        status: 'yellow',
        issues: [{ type: 'transform_indexer_failed', details: 'no shard available', count: 1 }],
      },
    });
    await pass(server, 5);
    assert.equal(await shown('health.issues.0.count'), 2);
    await pass(server, 5);
    assert.deepEqual(await shown('health'), { status: 'green' });
    assert.deepEqual(Object.keys(await transform.latest()), ['a']);
  });

  test('it fails once its retries are used up', async () => {
    await transform.start({ settings: { num_failure_retries: 1 } });
    await sim('hinder', { status: 503, reason: 'no shard available', times: 9 });
    await pass(server, 60);
    await pass(server, 60);
    assert.equal(
      await shown('reason'),
      'task encountered more than 1 failures; latest failure: no shard available',
    );
    await sim('hinder', { status: 503, reason: 'none', times: 0 });
  });

  test('-1 retries for ever what may pass, and fails at what may not', async () => {
    await transform.start({ settings: { num_failure_retries: -1 } });
    await sim('hinder', { status: 429, reason: 'too much', times: 12 });
    for (let attempt = 0; attempt < 12; attempt += 1) await pass(server, 3_600);
    assert.equal(await shown('state'), 'started');
    assert.equal(await shown('health.status'), 'red');
    await sim('hinder', { status: 403, reason: 'who are you', times: 1 });
    await pass(server, 4_000);
    assert.equal(await shown('reason'), 'task encountered irrecoverable failure: who are you');
  });

  test('unattended it never fails', async () => {
    await transform.start({ settings: { unattended: true } });
    await sim('hinder', { status: 403, reason: 'who are you', times: 1 });
    await pass(server, 60);
    assert.equal(await shown('state'), 'started');
  });

  test('one that waits does nothing until it no longer has to', async () => {
    await transform.start();
    await transform.write({ id: 'a', hour: 1 });
    await sim('wait', { reason: 'no node with the role' });
    await pass(server, 150);
    assert.partialDeepStrictEqual(await transform.stats(), {
      state: 'waiting',
      reason: 'no node with the role',
      health: { status: 'red', issues: [{ type: 'assignment_failed' }] },
    });
    assert.deepEqual(await transform.latest(), {});
    await sim('wait', { reason: null });
    await pass(server, 30);
    assert.deepEqual(Object.keys(await transform.latest()), ['a']);
  });

  test('a source that is gone is nothing new while it runs, but does not let it start', async () => {
    await transform.start();
    await server.ask('DELETE', `/_data_stream/${transform.stream}`);
    await pass(server, 60);
    assert.equal(await shown('state'), 'started');
    await transform.post('_stop?wait_for_completion=true');
    assert.deepEqual(
      (await transform.post('_start')).body,
      refusal(
        400,
        'validation_exception',
        `Validation Failed: 1: no such index [${transform.stream}];`,
      ),
    );
  });

  test('a destination that only a data stream could be does not let it start', async () => {
    await transform.put({ dest: { index: `logs-${transform.dest}-8` } });
    const { status, body } = await transform.post('_start');
    assert.equal(status, 500);
    assert.match(
      String(at(body, 'error.caused_by.reason')),
      /matches with template \[logs\] that creates data streams only/,
    );
    assert.equal(await shown('state'), 'stopped');
  });
});

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}

describe('a transform of the stand-in with much to do', () => {
  const server = useStandIn();
  const DOCUMENTS = 100_000;

  test('100,000 documents take seconds, and others are answered meanwhile', async () => {
    await stopClock(server, NOON_MS);
    const transform = await makeTransform(server);
    const filler = 'x'.repeat(1_000);
    for (let start = 0; start < DOCUMENTS; start += 10_000) {
      const entries = Array.from({ length: 10_000 }, (_, place) => ({
        id: `id-${start + place}`,
        hour: 1,
        filler,
      }));
      await transform.write(...entries);
    }
    await server.ask('POST', '/_sim/clock', { advanceMs: 150_000 });
    await transform.put();
    await transform.post('_start');
    // of this process alone: what others do is not measured
    const started = process.cpuUsage();
    let longestMs = 0;
    let asked = process.cpuUsage();
    let answersMeanwhile = 0;
    await until(async () => {
      const stats = await transform.stats();
      longestMs = Math.max(longestMs, cpuMs(asked));
      asked = process.cpuUsage();
      if (at(stats, 'state') === 'indexing') answersMeanwhile += 1;
      return at(stats, 'checkpointing.last.checkpoint') === 1;
    });
    const tookMs = cpuMs(started);
    assert.equal(at(await transform.stats(), 'stats.documents_indexed'), DOCUMENTS);
    assert.ok(answersMeanwhile > 0);
    assert.ok(tookMs < 60_000, `${tookMs} ms of CPU`);
    assert.ok(longestMs < 5_000, `${longestMs} ms of CPU between two answers`);
    console.log(
      `checkpoint of ${DOCUMENTS}: ${Math.round(tookMs)} ms of CPU; ${answersMeanwhile} answers meanwhile, at most ${Math.round(longestMs)} ms apart`,
    );
  });
});
