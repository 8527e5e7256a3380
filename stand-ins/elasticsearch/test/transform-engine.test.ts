import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';

import { at, hits, useStandIn } from './elasticsearch-under-test.ts';
import {
  hourOf,
  makeTransform,
  NOON_MS,
  pass,
  settle,
  stopClock,
  type TransformUnderTest,
  until,
} from './transform-under-test.ts';

const RETENTION = { time: { field: 'deleted', max_age: '1m' } };

describe('a transform of the stand-in at work', () => {
  const server = useStandIn();
  let transform: TransformUnderTest;

  before(() => stopClock(server));
  beforeEach(async () => {
    transform = await makeTransform(server);
  });

  const hoursOfLatest = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(await transform.latest()).map(([id, source]) => [id, at(source, 'hour')]),
    );

  test('latest stays empty until the delay has passed', async () => {
    await transform.start();
    await transform.write({ id: 'a', hour: 1 });
    await pass(server, 90);
    assert.deepEqual(await hoursOfLatest(), {});
    await pass(server, 29);
    assert.deepEqual(await hoursOfLatest(), {});
    await pass(server, 31);
    assert.deepEqual(await hoursOfLatest(), { a: 1 });
  });

  test('a window begins where the last one ended and leaves its end to the next', async () => {
    await transform.start();
    const lower = Number(at(await transform.stats(), 'checkpointing.last.time_upper_bound_millis'));
    await pass(server, 120);
    // exactly at the upper bound of the checkpoint that comes in 120 s
    await transform.write({ id: 'edge', hour: 1 });
    await pass(server, 120);
    assert.deepEqual(await hoursOfLatest(), {});
    await pass(server, 30);
    assert.deepEqual(await hoursOfLatest(), { edge: 1 });
    const upper = Number(at(await transform.stats(), 'checkpointing.last.time_upper_bound_millis'));
    assert.equal(upper - lower, 270_000);
  });

  test('the greatest value of the sort stands for a key, whichever came last', async () => {
    await transform.start();
    await transform.write(
      { id: 'a', hour: 1 },
      { id: 'a', hour: 5 },
      { id: 'a', hour: 3 },
      { id: 'b', hour: 2 },
    );
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { a: 5, b: 2 });
  });

  test('a late document with an older value changes nothing', async () => {
    await transform.start();
    await transform.write({ id: 'a', hour: 5 });
    await pass(server, 150);
    await transform.write({ id: 'a', hour: 3 });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { a: 5 });
  });

  test('on servers before the fix a late document with an older value wins', async () => {
    await server.ask('POST', '/_sim/transforms/mode', { newestOf: 'window' });
    await transform.start();
    await transform.write({ id: 'a', hour: 5 });
    await pass(server, 150);
    await transform.write({ id: 'a', hour: 3 });
    await pass(server, 150);
    await server.ask('POST', '/_sim/transforms/mode', { newestOf: 'history' });
    assert.deepEqual(await hoursOfLatest(), { a: 3 });
  });

  test('documents without a key are one key, and several values are several', async () => {
    await transform.start({ latest: { unique_key: ['id', 'kind'], sort: 'created' } });
    await transform.write(
      { hour: 1 },
      { hour: 2 },
      { id: 'a', kind: ['x', 'y'], hour: 3 },
      { id: 'a', hour: 4 },
    );
    await pass(server, 150);
    const { body } = await server.ask('POST', `/${transform.dest}/_search`, { sort: ['hour'] });
    assert.deepEqual(
      hits(body, '_source').map((source) => at(source, 'hour')),
      [2, 3, 3, 4],
    );
  });

  test('constants of the streams are part of the key, whoever writes them', async () => {
    await server.ask('PUT', '/_index_template/constants', {
      index_patterns: ['logs-constant-*'],
      priority: 200,
      data_stream: {},
      template: {
        settings: { default_pipeline: '_none', final_pipeline: 'stamp', number_of_replicas: 0 },
        mappings: {
          properties: {
            dataset: { type: 'constant_keyword', value: 'constant' },
            data_stream: { properties: { namespace: { type: 'constant_keyword' } } },
            id: { type: 'keyword' },
            created: { type: 'date' },
            ingested: { type: 'date' },
          },
        },
      },
    });
    await transform.start({
      source: { index: ['logs-constant-*'] },
      latest: { unique_key: ['data_stream.namespace', 'dataset', 'id'], sort: 'created' },
    });
    for (const namespace of ['one', 'two']) {
      const lines = [1, 2].flatMap((hour) => [
        { create: {} },
        { '@timestamp': hourOf(hour), created: hourOf(hour), id: 'a', data_stream: { namespace } },
      ]);
      await server.ask('POST', `/logs-constant-${namespace}/_bulk?refresh=true`, lines);
    }
    await pass(server, 150);
    const { body } = await server.ask('GET', `/${transform.dest}/_search`);
    assert.deepEqual(
      hits(body, '_source').map((source) => [
        at(source, 'data_stream.namespace'),
        at(source, 'created'),
      ]),
      [
        ['one', hourOf(2)],
        ['two', hourOf(2)],
      ],
    );
  });

  test('a document without the field of the sync is never seen', async () => {
    await server.ask('PUT', `/plain-${transform.id}`, {
      mappings: { properties: { ingested: { type: 'date' }, created: { type: 'date' } } },
    });
    await transform.start({ source: { index: [`plain-${transform.id}`] } });
    await server.ask('PUT', `/plain-${transform.id}/_doc/1?refresh=true`, { created: hourOf(1) });
    await pass(server, 300);
    assert.deepEqual(await hoursOfLatest(), {});
  });

  test("the query of the source decides what is seen, in the keys' history too", async () => {
    await transform.start({
      source: { index: [transform.stream], query: { exists: { field: 'id' } } },
    });
    await transform.write({ hour: 9 }, { id: 'a', hour: 1 });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { a: 1 });
  });

  test('what no refresh has made searchable is not seen, and later it is too old', async () => {
    const slow = `slow-${transform.id}`;
    await server.ask('PUT', `/${slow}`, {
      settings: { refresh_interval: '-1' },
      mappings: { properties: { ingested: { type: 'date' }, created: { type: 'date' } } },
    });
    await transform.start({ source: { index: [transform.stream, slow] } });
    const nowMs = Number(at((await server.ask('GET', '/_sim/clock')).body, 'nowMs'));
    await server.ask('PUT', `/${slow}/_doc/1`, {
      id: 'hidden',
      created: hourOf(1),
      ingested: new Date(nowMs).toISOString(),
    });
    await transform.write({ id: 'one', hour: 1 });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { one: 1 });
    await server.ask('POST', `/${slow}/_refresh`);
    await transform.write({ id: 'two', hour: 2 });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { one: 1, two: 2 });
  });

  test('a document is copied whole but for its fields that begin with an underscore', async () => {
    await transform.start();
    await transform.write({
      id: 'a',
      hour: 1,
      big: 1,
      nested: { _kept: [{ a: 1 }, { b: null }] },
      _gone: 1,
    });
    await pass(server, 150);
    assert.partialDeepStrictEqual(await transform.latest(), {
      a: { id: 'a', hour: 1, '@timestamp': hourOf(1), nested: { _kept: [{ a: 1 }, { b: null }] } },
    });
    assert.equal(at(await transform.latest(), 'a._gone'), undefined);
  });

  test('an id of the destination depends on the key alone', async () => {
    const idOf = async (dest: string): Promise<unknown> =>
      hits((await server.ask('GET', `/${dest}/_search`)).body, '_id')[0];
    await transform.start();
    await transform.write({ id: 'a', hour: 1 });
    await pass(server, 150);
    const first = await idOf(transform.dest);
    await transform.write({ id: 'a', hour: 2 });
    await pass(server, 150);
    assert.equal(await idOf(transform.dest), first);
    await server.ask('PUT', `/_transform/${transform.id}-other`, {
      source: { index: [transform.stream] },
      dest: { index: `${transform.dest}-other` },
      latest: { unique_key: ['id'], sort: 'created' },
      sync: { time: { field: 'ingested', delay: '120s' } },
    });
    await server.ask('POST', `/_transform/${transform.id}-other/_start`);
    await settle(server);
    assert.equal(await idOf(`${transform.dest}-other`), first);
  });

  test("documents pass the destination's pipeline", async () => {
    await server.ask('PUT', '/_ingest/pipeline/mark', {
      processors: [{ set: { field: 'marked', value: 'yes' } }],
    });
    await transform.start({ dest: { index: transform.dest, pipeline: 'mark' } });
    await transform.write({ id: 'a', hour: 1 });
    await pass(server, 150);
    assert.equal(at(await transform.latest(), 'a.marked'), 'yes');
  });

  test('retention takes what is past its time out of the destination', async () => {
    await transform.start({ retention_policy: RETENTION });
    await transform.write(
      { id: 'gone', hour: 1, deleted: hourOf(0) },
      { id: 'stays', hour: 1, deleted: new Date(NOON_MS + 86_400_000).toISOString() },
      { id: 'never', hour: 1 },
    );
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { stays: 1, never: 1 });
    assert.equal(at(await transform.stats(), 'stats.documents_deleted'), 1);
  });

  test('without new documents there is no checkpoint and no retention', async () => {
    const nowMs = Number(at((await server.ask('GET', '/_sim/clock')).body, 'nowMs'));
    await transform.start({ retention_policy: RETENTION });
    await transform.write({
      id: 'a',
      hour: 1,
      deleted: new Date(nowMs + 3_600_000).toISOString(),
    });
    await pass(server, 150);
    const { checkpointing } = (await transform.stats()) as { checkpointing: unknown };
    await pass(server, 7_200);
    assert.deepEqual(await hoursOfLatest(), { a: 1 });
    assert.deepEqual(at(await transform.stats(), 'checkpointing.last'), at(checkpointing, 'last'));
    await transform.write({ id: 'b', hour: 2 });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { b: 2 });
  });

  test('the checkpoints say how far it is', async () => {
    await transform.write({ id: 'a', hour: 1 });
    await transform.put();
    assert.deepEqual(at(await transform.stats(), 'checkpointing'), {
      last: { checkpoint: 0 },
      operations_behind: 1,
    });
    await transform.post('_start');
    await settle(server);
    const nowMs = Number(at((await server.ask('GET', '/_sim/clock')).body, 'nowMs'));
    assert.deepEqual(at(await transform.stats(), 'checkpointing'), {
      last: {
        checkpoint: 1,
        timestamp_millis: nowMs,
        time_upper_bound_millis: nowMs - 120_000,
      },
      last_search_time: nowMs,
    });
    await pass(server, 150);
    assert.partialDeepStrictEqual(await transform.stats(), {
      state: 'started',
      stats: { documents_indexed: 1, documents_processed: 1, trigger_count: 2 },
      checkpointing: {
        last: {
          checkpoint: 2,
          timestamp_millis: nowMs + 150_000,
          time_upper_bound_millis: nowMs + 30_000,
        },
        changes_last_detected_at: nowMs + 150_000,
      },
      health: { status: 'green' },
    });
  });

  test('schedule_now looks at once', async () => {
    await transform.start({ frequency: '1h' });
    await transform.write({ id: 'a', hour: 1 });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), {});
    await transform.post('_schedule_now');
    await settle(server);
    assert.deepEqual(await hoursOfLatest(), { a: 1 });
  });

  test('it goes on after the clock was set back', async () => {
    await transform.write({ id: 'a', hour: 1 });
    const nowMs = Number(at((await server.ask('GET', '/_sim/clock')).body, 'nowMs'));
    await transform.put();
    await stopClock(server, nowMs + 86_400_000);
    await transform.post('_start');
    await settle(server);
    await stopClock(server, nowMs);
    await pass(server, 30);
    assert.equal(at(await transform.stats(), 'stats.trigger_count'), 2);
  });

  test('a changed frequency counts from now on', async () => {
    await transform.start({ frequency: '1h' });
    await transform.write({ id: 'a', hour: 1 });
    await transform.post('_update', { frequency: '30s' });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { a: 1 });
  });

  test('it goes on where it was stopped', async () => {
    await transform.start();
    await transform.write({ id: 'a', hour: 1 });
    await transform.post('_stop?wait_for_completion=true');
    await pass(server, 600);
    assert.deepEqual(await hoursOfLatest(), {});
    await transform.write({ id: 'b', hour: 2 });
    await transform.post('_start');
    await settle(server);
    assert.deepEqual(await hoursOfLatest(), { a: 1 });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { a: 1, b: 2 });
  });

  test('from leaves out what came in before', async () => {
    await transform.write({ id: 'old', hour: 1 });
    await pass(server, 600);
    await transform.write({ id: 'new', hour: 1 });
    const nowMs = Number(at((await server.ask('GET', '/_sim/clock')).body, 'nowMs'));
    await transform.put();
    await transform.post(`_start?from=${nowMs}`);
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { new: 1 });
  });

  test('without sync it runs once and stops', async () => {
    await transform.write({ id: 'a', hour: 1 });
    const sync = undefined;
    await transform.start({ sync });
    assert.deepEqual(await hoursOfLatest(), { a: 1 });
    assert.partialDeepStrictEqual(await transform.stats(), {
      state: 'stopped',
      checkpointing: { last: { checkpoint: 1 } },
    });
  });

  test('a destination that was deleted is made again, with its aliases', async () => {
    await transform.start({
      dest: { index: transform.dest, aliases: [{ alias: transform.alias }] },
    });
    await server.ask('DELETE', `/${transform.dest}`);
    await transform.write({ id: 'a', hour: 1 });
    await pass(server, 150);
    const { body } = await server.ask('GET', `/${transform.alias}/_search`);
    assert.equal(at(body, 'hits.total.value'), 1);
  });

  test('documents of a new backing index are seen like those of the old one', async () => {
    await transform.start();
    await transform.write({ id: 'a', hour: 1 }, { id: 'b', hour: 3 });
    await server.ask('POST', `/${transform.stream}/_rollover`);
    await transform.write({ id: 'a', hour: 2 }, { id: 'b', hour: 1 });
    await pass(server, 150);
    assert.deepEqual(await hoursOfLatest(), { a: 2, b: 3 });
  });
});

describe('a transform of the stand-in in real time', () => {
  const server = useStandIn();

  test('it fills latest after a short delay without anybody moving the clock', async () => {
    const transform = await makeTransform(server);
    await transform.start({
      sync: { time: { field: 'ingested', delay: '1s' } },
      frequency: '1s',
    });
    await transform.write({ id: 'a', hour: 1 });
    assert.deepEqual(await transform.latest(), {});
    await until(async () => 'a' in (await transform.latest()));
  });
});
