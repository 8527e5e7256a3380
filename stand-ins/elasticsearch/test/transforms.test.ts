import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import {
  at,
  refusal,
  useElasticsearch,
  useStandIn,
  withoutPlace,
} from './elasticsearch-under-test.ts';
import { makeTransform, pass, settle, stopClock } from './transform-under-test.ts';

/** A request, the words of its refusal and of the cause. */
const REFUSED: readonly (readonly [Record<string, unknown>, string, string?])[] = [
  [{ source: undefined }, 'Required [source, dest]'],
  [
    { latest: undefined },
    'Failed to build [data_frame_transform_config] after last required field arrived',
    'Transform configuration must specify exactly 1 function',
  ],
  [{ nope: 1 }, '[data_frame_transform_config] unknown field [nope]'],
  [{ source: { index: ['s'], nope: 1 } }, '[data_frame_config_source] unknown field [nope]'],
  [{ source: {} }, '[index] is no text'],
  [{ frequency: '2h' }, 'Validation Failed: 1: highest permitted [frequency] is [1h];'],
  [{ frequency: '10ms' }, 'Validation Failed: 1: minimum permitted [frequency] is [1s];'],
  [
    { latest: { unique_key: [], sort: 's' } },
    'Validation Failed: 1: latest.unique_key must be non-empty;',
  ],
  [
    { retention_policy: { time: { field: 'd', max_age: '30s' } } },
    'Validation Failed: 1: retention_policy.time.max_age must be greater than 60s;',
  ],
];

describe('the configuration of transforms, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const source = server.name('source');
  const config = {
    source: { index: ['s'] },
    dest: { index: 'd' },
    latest: { unique_key: ['k'], sort: 's' },
    sync: { time: { field: 'i', delay: '60s' } },
    frequency: '1m',
  };
  const id = source.replace('.', '-');
  const own = { ...config, source: { index: [source] }, dest: { index: server.name('dest') } };

  before(async () => {
    await server.ask('PUT', `/${source}`, { mappings: { properties: { k: { type: 'keyword' } } } });
  });

  for (const [changes, reason, cause] of REFUSED) {
    test(`a configuration is refused: ${cause ?? reason}`, async () => {
      const { status, body } = await server.ask('PUT', `/_transform/${id}`, {
        ...config,
        ...changes,
      });
      assert.equal(status, 400);
      assert.equal(withoutPlace(at(body, 'error.reason')), reason);
      assert.equal(withoutPlace(at(body, 'error.caused_by.reason') ?? ''), cause ?? '');
    });
  }

  test('what it names has to be there, unless that is deferred', async () => {
    const missing = {
      ...own,
      source: { index: ['nothing'] },
      dest: { index: server.name('dest'), pipeline: 'none' },
    };
    const { body } = await server.ask('PUT', `/_transform/${id}`, missing);
    assert.deepEqual(
      body,
      refusal(
        400,
        'validation_exception',
        'Validation Failed: 1: no such index [nothing];2: Pipeline with id [none] could not be found;',
      ),
    );
    const into = { ...own, dest: { index: source } };
    assert.equal(
      at((await server.ask('PUT', `/_transform/${id}`, into)).body, 'error.reason'),
      `Validation Failed: 1: Destination index [${source}] is included in source expression [${source}];`,
    );
    const deferred = await server.ask('PUT', `/_transform/${id}?defer_validation=true`, missing);
    assert.deepEqual(deferred.body, { acknowledged: true });
    await server.ask('DELETE', `/_transform/${id}`);
  });

  test('it is shown as it was put, with what the server fills in', async () => {
    const given = {
      ...own,
      source: { index: source },
      dest: { index: server.name('dest'), aliases: [{ alias: 'a' }] },
      _meta: { a: { b: [1] } },
      settings: { num_failure_retries: -1, max_page_search_size: 100 },
      retention_policy: { time: { field: 'd', max_age: '1m' } },
      description: 'told',
    };
    await server.ask('PUT', `/_transform/${id}`, given);
    const { body } = await server.ask('GET', `/_transform/${id}`);
    const shown = { ...(at(body, 'transforms.0') as Record<string, unknown>) };
    assert.equal(typeof shown['create_time'], 'number');
    delete shown['create_time'];
    assert.deepEqual(Object.entries(shown), [
      ['id', id],
      ['version', '10.0.0'],
      ['source', { index: [source], query: { match_all: {} } }],
      ['dest', { index: server.name('dest'), aliases: [{ alias: 'a', move_on_creation: false }] }],
      ['frequency', '1m'],
      ['sync', { time: { field: 'i', delay: '60s' } }],
      ['latest', { unique_key: ['k'], sort: 's' }],
      ['description', 'told'],
      ['settings', { max_page_search_size: 100, num_failure_retries: -1 }],
      ['_meta', { a: { b: [1] } }],
      ['retention_policy', { time: { field: 'd', max_age: '1m' } }],
    ]);
    assert.deepEqual(
      (await server.ask('PUT', `/_transform/${id}`, given)).body,
      refusal(400, 'resource_already_exists_exception', `Transform with id [${id}] already exists`),
    );
  });

  test('an update changes what it names, and answers with everything', async () => {
    const update = (body: unknown): ReturnType<typeof server.ask> =>
      server.ask('POST', `/_transform/${id}/_update`, body);
    const { status, body } = await update({
      _meta: { c: 1 },
      settings: { num_failure_retries: null },
      retention_policy: null,
      dest: { index: server.name('other') },
    });
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, {
      id,
      _meta: { c: 1 },
      settings: { max_page_search_size: 100 },
      dest: { index: server.name('other') },
      description: 'told',
    });
    assert.deepEqual(at(body, '_meta'), { c: 1 });
    assert.equal(at(body, 'retention_policy'), undefined);
    assert.equal(at(body, 'dest.aliases'), undefined);
    const { body: refused } = await update({ latest: { unique_key: ['k'], sort: 'other' } });
    assert.equal(
      withoutPlace(at(refused, 'error.reason')),
      '[data_frame_transform_config_update] unknown field [latest]',
    );
    assert.equal((await update({ frequency: '2h' })).status, 400);
  });

  test('they are shown by the page', async () => {
    const names = ['one', 'three', 'two'].map((name) => server.name(`page-${name}`));
    const into = { ...own, dest: { index: server.name('dest') } };
    for (const name of names) await server.ask('PUT', `/_transform/${name}`, into);
    const path = `/_transform/${server.name('page-')}*?from=1&size=1`;
    const { body } = await server.ask('GET', path);
    assert.deepEqual([at(body, 'count'), at(body, 'transforms.0.id')], [3, names[1]]);
    assert.equal(at(body, 'transforms.1'), undefined);
    for (const name of names) await server.ask('DELETE', `/_transform/${name}`);
  });

  test('by wildcard none is found, by name it is missing', async () => {
    assert.deepEqual((await server.ask('GET', '/_transform/nothing*')).body, {
      count: 0,
      transforms: [],
    });
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/_update'],
      ['POST', '/_start'],
      ['POST', '/_stop'],
      ['POST', '/_schedule_now'],
      ['DELETE', ''],
    ] as const) {
      const body = path === '/_update' ? {} : undefined;
      assert.deepEqual(
        (await server.ask(method, `/_transform/nothing${path}`, body)).body,
        refusal(
          404,
          'resource_not_found_exception',
          'Transform with id [nothing] could not be found',
        ),
        path,
      );
    }
  });

  test('it is gone once it is deleted', async () => {
    assert.deepEqual((await server.ask('DELETE', `/_transform/${id}`)).body, {
      acknowledged: true,
    });
    assert.equal((await server.ask('GET', `/_transform/${id}`)).status, 404);
  });
});

describe('transforms of the stand-in that are started and stopped', () => {
  const server = useStandIn();

  before(() => stopClock(server));

  test('statistics of one that is not there are none', async () => {
    const { status, body } = await server.ask('GET', '/_transform/nothing/_stats');
    assert.deepEqual([status, body], [200, { count: 0, transforms: [] }]);
  });

  test('its start makes the destination of its template and moves the alias there', async () => {
    const transform = await makeTransform(server);
    const { id, dest, alias } = transform;
    await server.ask('PUT', '/old', { aliases: { [alias]: {}, stays: {} } });
    await transform.put({
      dest: { index: dest, aliases: [{ alias, move_on_creation: true }, { alias: 'stays' }] },
    });
    assert.equal((await server.ask('HEAD', `/${dest}`)).status, 404);
    await transform.post('_start');
    const { body } = await server.ask('GET', `/${dest}`);
    const shown = at({ ...(body as object) }, dest);
    assert.partialDeepStrictEqual(shown, {
      aliases: { [alias]: {}, stays: {} },
      mappings: {
        _meta: { created_by: 'transform', _transform: { transform: id } },
        properties: { id: { type: 'keyword' }, deleted: { type: 'date' } },
      },
    });
    assert.deepEqual((await server.ask('GET', '/old/_alias')).body, {
      old: { aliases: { stays: {} } },
    });
    assert.deepEqual(
      (await transform.post('_start')).body,
      refusal(409, 'status_exception', `Cannot start transform [${id}] as it is already started.`),
    );
  });

  test('a start gives its aliases to a destination that is there, an update does not', async () => {
    const transform = await makeTransform(server);
    const { dest, alias } = transform;
    await server.ask('PUT', `/${dest}`);
    await transform.start();
    await transform.post('_update', { dest: { index: dest, aliases: [{ alias }] } });
    assert.equal((await server.ask('HEAD', `/_alias/${alias}`)).status, 404);
    await transform.post('_stop?wait_for_completion=true');
    await transform.post('_start');
    assert.equal((await server.ask('HEAD', `/_alias/${alias}`)).status, 200);
  });

  test('a reset forgets how far it was and deletes the destination that it had made', async () => {
    const transform = await makeTransform(server);
    await transform.start();
    const { id, dest } = transform;
    assert.deepEqual(
      (await transform.post('_reset')).body,
      refusal(
        409,
        'status_exception',
        `Cannot reset transform [${id}] as the task is running. Stop the task first`,
      ),
    );
    assert.equal((await transform.post('_reset?force=true')).status, 200);
    assert.partialDeepStrictEqual(await transform.stats(), {
      state: 'stopped',
      stats: { trigger_count: 0 },
      checkpointing: { last: { checkpoint: 0 } },
    });
    assert.equal((await server.ask('HEAD', `/${dest}`)).status, 404);
    await server.ask('PUT', `/${dest}`);
    await transform.post('_start');
    await transform.post('_reset?force=true');
    assert.equal((await server.ask('HEAD', `/${dest}`)).status, 200);
  });

  test('a running one is deleted by force only, with its destination if that is wanted', async () => {
    const transform = await makeTransform(server);
    await transform.start();
    const { id, dest } = transform;
    assert.deepEqual(
      (await server.ask('DELETE', `/_transform/${id}`)).body,
      refusal(
        409,
        'status_exception',
        `Cannot delete transform [${id}] as the task is running. Stop the task first`,
      ),
    );
    const path = `/_transform/${id}?force=true&delete_dest_index=true`;
    assert.equal((await server.ask('DELETE', path)).status, 200);
    assert.equal((await server.ask('HEAD', `/${dest}`)).status, 404);
  });

  test('force does not go with waiting for a checkpoint', async () => {
    const transform = await makeTransform(server);
    await transform.start();
    assert.deepEqual(
      (await transform.post('_stop?force=true&wait_for_checkpoint=true')).body,
      refusal(
        400,
        'action_request_validation_exception',
        'Validation Failed: 1: cannot set both [force] and [wait_for_checkpoint] to true;',
      ),
    );
  });

  test('a stop that waits for the checkpoint lets a run come to its end', async () => {
    const transform = await makeTransform(server);
    const entries = Array.from({ length: 5_000 }, (_, place) => ({ id: `${place}`, hour: 1 }));
    await transform.write(...entries);
    await pass(server, 150);
    await transform.put();
    await transform.post('_start');
    const stopped = await transform.post('_stop?wait_for_checkpoint=true&wait_for_completion=true');
    assert.equal(stopped.status, 200);
    assert.partialDeepStrictEqual(await transform.stats(), {
      state: 'stopped',
      stats: { documents_indexed: 5_000 },
      checkpointing: { last: { checkpoint: 1 } },
    });
  });

  test('a stop in the middle of a run leaves the checkpoint to the next start', async () => {
    const transform = await makeTransform(server);
    const entries = Array.from({ length: 5_000 }, (_, place) => ({ id: `${place}`, hour: 1 }));
    await transform.write(...entries);
    await pass(server, 150);
    await transform.put();
    await transform.post('_start');
    await transform.post('_stop?wait_for_completion=true');
    assert.partialDeepStrictEqual(await transform.stats(), {
      state: 'stopped',
      checkpointing: { last: { checkpoint: 0 } },
    });
    await transform.post('_start');
    await settle(server);
    assert.equal(at(await transform.stats(), 'checkpointing.last.checkpoint'), 1);
    assert.equal(Object.keys(await transform.latest()).length, 1_000);
  });

  test('from is a date, and only for those that go on', async () => {
    const transform = await makeTransform(server);
    await transform.put({ sync: undefined });
    assert.equal((await transform.post('_start?from=yesterday')).status, 400);
    assert.equal((await transform.post('_start?from=now-1d')).status, 400);
  });
});
