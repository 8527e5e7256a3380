import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { at, hits, noIndex, refusal, useStandIn } from './elasticsearch-under-test.ts';

/** What an answer says that is not always the same. */
const counts = (body: unknown): unknown => {
  const { took: _took, failures: _failures, ...rest } = body as Record<string, unknown>;
  return rest;
};
const COMMON = {
  timed_out: false,
  noops: 0,
  retries: { bulk: 0, search: 0 },
  throttled_millis: 0,
  requests_per_second: -1,
  throttled_until_millis: 0,
};

describe('writes by query', () => {
  const server = useStandIn();
  const idsIn = async (index: string): Promise<unknown[]> =>
    hits((await server.ask('POST', `/${index}/_search`, { sort: ['n'] })).body, '_id');

  beforeEach(async () => {
    await server.ask('DELETE', '/from');
    await server.ask('DELETE', '/to');
    await server.ask('POST', '/from/_bulk?refresh=true', [
      { index: { _id: 'a' } },
      { n: 1 },
      { index: { _id: 'b' } },
      { n: 2 },
      { index: { _id: 'c' } },
      { n: 3 },
    ]);
  });

  test('delete by query deletes what searches find, and nothing else', async () => {
    const { status, body } = await server.ask('POST', '/from/_delete_by_query?refresh=true', {
      query: { range: { n: { lt: 3 } } },
    });
    assert.equal(status, 200);
    const expected = { ...COMMON, total: 2, deleted: 2, batches: 1, version_conflicts: 0 };
    assert.deepEqual(counts(body), expected);
    assert.deepEqual(await idsIn('from'), ['c']);
  });

  test('update by query writes documents again, so that a new mapping or pipeline takes hold', async () => {
    await server.ask('PUT', '/_ingest/pipeline/marked', {
      processors: [{ set: { field: 'marked', value: 'yes' } }],
    });
    const { body } = await server.ask('POST', '/from/_update_by_query?pipeline=marked', {
      query: { term: { n: 2 } },
    });
    const expected = {
      ...COMMON,
      total: 1,
      updated: 1,
      deleted: 0,
      batches: 1,
      version_conflicts: 0,
    };
    assert.deepEqual(counts(body), expected);
    const { body: document } = await server.ask('GET', '/from/_doc/b');
    assert.deepEqual(at(document, '_source'), { n: 2, marked: 'yes' });
    assert.equal(at(document, '_version'), 2);
  });

  test('reindex copies documents with their ids, as often as it is asked to', async () => {
    const order = { source: { index: 'from' }, dest: { index: 'to' } };
    const first = await server.ask('POST', '/_reindex?refresh=true', order);
    const expected = { ...COMMON, total: 3, updated: 0, created: 3, deleted: 0, batches: 1 };
    assert.deepEqual(counts(first.body), { ...expected, version_conflicts: 0 });
    const second = await server.ask('POST', '/_reindex?refresh=true', order);
    assert.equal(at(second.body, 'updated'), 3);
    assert.deepEqual(await idsIn('to'), ['a', 'b', 'c']);
  });

  test('reindex with create leaves what is there', async () => {
    await server.ask('PUT', '/to/_doc/a?refresh=true', { n: 100 });
    const order = {
      conflicts: 'proceed',
      source: { index: 'from' },
      dest: { index: 'to', op_type: 'create' },
    };
    const { status, body } = await server.ask('POST', '/_reindex?refresh=true', order);
    assert.equal(status, 200);
    assert.deepEqual([at(body, 'created'), at(body, 'version_conflicts')], [2, 1]);
    assert.deepEqual(await idsIn('to'), ['b', 'c', 'a']);
    const aborting = await server.ask('POST', '/_reindex', { ...order, conflicts: 'abort' });
    assert.equal(aborting.status, 409);
  });

  test('who does not wait gets a task and finds the result there', async () => {
    const { body } = await server.ask('POST', '/_reindex?wait_for_completion=false', {
      source: { index: 'from', query: { term: { n: 1 } } },
      dest: { index: 'to' },
    });
    const task = await server.ask('GET', `/_tasks/${String(at(body, 'task'))}`);
    assert.equal(at(task.body, 'completed'), true);
    assert.equal(at(task.body, 'response.created'), 1);
    assert.equal((await server.ask('GET', '/_tasks/other:1')).status, 404);
  });

  test('a task is listed while it runs, and is gone with its node', async () => {
    await server.ask('POST', '/_sim/tasks', { looks: 1 });
    const started = await server.ask('POST', '/_reindex?wait_for_completion=false', {
      source: { index: 'from' },
      dest: { index: 'to' },
    });
    const listed = '/_tasks?actions=*reindex&detailed=true&group_by=none';
    const { body } = await server.ask('GET', listed);
    assert.equal(at(body, 'tasks.0.description'), 'reindex from [from] to [to]');
    assert.equal(at(body, 'tasks.0.status.total'), 3);
    const path = `/_tasks/${String(at(started.body, 'task'))}`;
    assert.equal(at((await server.ask('GET', path)).body, 'completed'), false);
    assert.deepEqual((await server.ask('GET', listed)).body, { tasks: [] });
    assert.equal(at((await server.ask('GET', path)).body, 'response.created'), 3);
    await server.ask('POST', '/_sim/tasks', { looks: 0, lost: true });
    assert.equal((await server.ask('GET', path)).status, 404);
  });

  test('what cannot be done is refused', async () => {
    assert.deepEqual(
      (await server.ask('POST', '/from/_delete_by_query', {})).body,
      refusal(
        400,
        'action_request_validation_exception',
        'Validation Failed: 1: query is missing;',
      ),
    );
    assert.deepEqual(
      (await server.ask('POST', '/none/_delete_by_query', { query: { match_all: {} } })).body,
      noIndex('none'),
    );
    const itself = { source: { index: 'from' }, dest: { index: 'from' } };
    assert.equal((await server.ask('POST', '/_reindex', itself)).status, 400);
    const script = await server.ask('POST', '/from/_update_by_query', { script: {} });
    assert.equal(script.status, 400);
  });
});
