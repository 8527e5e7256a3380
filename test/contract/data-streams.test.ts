import assert from 'node:assert/strict';
import { before, describe } from 'node:test';

import { at, hits } from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, refused, useServer } from './server-under-contract.ts';

describe('contract: data streams', () => {
  const server = useServer();
  const policy = server.name('policy');
  const stream = server.stream('main');

  before(async () => {
    await server.must('PUT', `/_ilm/policy/${policy}`, {
      policy: { phases: { delete: { min_age: '7d', actions: { delete: {} } } } },
    });
    await server.must('PUT', `/_index_template/${server.name('streams')}`, {
      index_patterns: [`logs-${server.name('*')}`],
      priority: 200,
      data_stream: {},
      template: {
        settings: { number_of_replicas: 0, 'index.lifecycle.name': policy },
        mappings: { properties: { n: { type: 'long' } } },
      },
      _meta: { from: 'contract' },
    });
    await server.must('PUT', `/_data_stream/${stream}`);
  });

  contract('a data stream is created by its template, and only once', [], async () => {
    const { body } = await server.ask('GET', `/_data_stream/${stream}`);
    const shown = at(body, 'data_streams.0');
    assert.partialDeepStrictEqual(shown, {
      name: stream,
      timestamp_field: { name: '@timestamp' },
      generation: 1,
      _meta: { from: 'contract' },
      status: 'GREEN',
      template: server.name('streams'),
      ilm_policy: policy,
      next_generation_managed_by: 'Index Lifecycle Management',
      prefer_ilm: true,
      hidden: false,
      rollover_on_write: false,
    });
    const index = String(at(shown, 'indices.0.index_name'));
    assert.match(index, new RegExp(`^\\.ds-${stream}-\\d{4}\\.\\d\\d\\.\\d\\d-000001$`));
    assert.equal(at(shown, 'indices.0.ilm_policy'), policy);
    assert.deepEqual(refused(await server.ask('PUT', `/_data_stream/${stream}`)), [
      400,
      'resource_already_exists_exception',
    ]);
  });

  contract('a request tells whether a data stream exists', [], async () => {
    assert.equal((await server.ask('HEAD', `/${stream}`)).status, 200);
    const none = server.stream('none');
    assert.equal((await server.ask('HEAD', `/${none}`)).status, 404);
    assert.deepEqual(refused(await server.ask('GET', `/_data_stream/${none}`)), [
      404,
      'index_not_found_exception',
    ]);
    const pattern = await server.ask('GET', `/_data_stream/${none}*`);
    assert.deepEqual([pattern.status, pattern.body], [200, { data_streams: [] }]);
  });

  contract('a data stream without a matching template is refused', [], async () => {
    const answered = await server.ask('PUT', `/_data_stream/${server.name('untemplated')}`);
    assert.deepEqual(refused(answered), [400, 'illegal_argument_exception']);
  });

  contract('its mapping accepts new fields, but no changed ones', [], async () => {
    const mapping = (type: string): ReturnType<typeof server.ask> =>
      server.ask('PUT', `/${stream}/_mapping?write_index_only=true`, {
        properties: { n: { type }, added: { type: 'keyword' } },
      });
    assert.equal((await mapping('long')).status, 200);
    const { body } = await server.ask('GET', `/${stream}/_mapping`);
    const [shown] = Object.values(body as object) as unknown[];
    assert.deepEqual(at(shown, 'mappings.properties.added'), { type: 'keyword' });
    const changed = await mapping('keyword');
    assert.deepEqual(refused(changed), [400, 'illegal_argument_exception']);
    assert.match(changed.text, /mapper \[n\] cannot be changed from type \[long\] to \[keyword\]/);
  });

  contract('its settings can be read and changed, except for static ones', [], async () => {
    const put = (settings: unknown): ReturnType<typeof server.ask> =>
      server.ask('PUT', `/${stream}/_settings`, settings);
    assert.equal((await put({ index: { refresh_interval: '3s' } })).status, 200);
    const { body } = await server.ask('GET', `/${stream}/_settings`);
    const [shown] = Object.values(body as object) as unknown[];
    assert.partialDeepStrictEqual(at(shown, 'settings.index'), {
      refresh_interval: '3s',
      number_of_replicas: '0',
      lifecycle: { name: policy },
    });
    assert.equal((await put({ 'index.number_of_shards': 2 })).status, 400);
  });

  contract('a rollover creates the next generation, and a dry run does not', [], async () => {
    const dry = await server.ask('POST', `/${stream}/_rollover?dry_run=true`);
    assert.deepEqual([at(dry.body, 'rolled_over'), at(dry.body, 'dry_run')], [false, true]);
    const { body } = await server.ask('POST', `/${stream}/_rollover`);
    assert.deepEqual([at(body, 'rolled_over'), at(body, 'acknowledged')], [true, true]);
    assert.match(String(at(body, 'old_index')), /-000001$/);
    assert.match(String(at(body, 'new_index')), /-000002$/);
    const shown = await server.ask('GET', `/_data_stream/${stream}`);
    assert.equal(at(shown.body, 'data_streams.0.generation'), 2);
    const old = await server.ask('DELETE', `/${String(at(body, 'new_index'))}`);
    assert.equal(old.status, 400);
  });

  contract('its backing indices are managed by the policy', [], async () => {
    const { body } = await server.ask('GET', `/${stream}/_ilm/explain`);
    const [shown] = Object.values(at(body, 'indices') as object) as unknown[];
    assert.partialDeepStrictEqual(shown, { managed: true, policy });
    const used = await server.ask('GET', `/_ilm/policy/${policy}`);
    const users = at((used.body as Record<string, unknown>)[policy], 'in_use_by');
    assert.deepEqual(at(users, 'data_streams'), [stream]);
    assert.deepEqual(at(users, 'composable_templates'), [server.name('streams')]);
    assert.equal((await server.ask('DELETE', `/_ilm/policy/${policy}`)).status, 400);
  });

  contract('the explanation names phase, action and step', ['ilm-steps'], async () => {
    const { body } = await server.ask('GET', `/${stream}/_ilm/explain`);
    const [shown] = Object.values(at(body, 'indices') as object) as unknown[];
    assert.equal(typeof at(shown, 'phase'), 'string');
    assert.equal(typeof at(shown, 'action'), 'string');
    assert.equal(typeof at(shown, 'step'), 'string');
    const retried = await server.ask('POST', `/${stream}/_ilm/retry`);
    assert.equal(retried.status, 400);
    const mode = await server.ask('GET', '/_ilm/status');
    assert.deepEqual(mode.body, { operation_mode: 'RUNNING' });
  });

  contract('a lifecycle in a template manages the data stream', [], async () => {
    const template = server.name('lifecycle');
    await server.must('PUT', `/_index_template/${template}`, {
      index_patterns: [`logs-${server.name('dsl*')}`],
      priority: 300,
      data_stream: {},
      template: { settings: { number_of_replicas: 0 }, lifecycle: { data_retention: '5d' } },
    });
    const read = await server.ask('GET', `/_index_template/${template}`);
    assert.deepEqual(at(read.body, 'index_templates.0.index_template.template.lifecycle'), {
      enabled: true,
      data_retention: '5d',
    });
    await server.must('PUT', `/_data_stream/${server.stream('dsl')}`);
    const { body } = await server.ask('GET', `/_data_stream/${server.stream('dsl')}`);
    assert.partialDeepStrictEqual(at(body, 'data_streams.0'), {
      lifecycle: { enabled: true, data_retention: '5d' },
      next_generation_managed_by: 'Data stream lifecycle',
      indices: [{ managed_by: 'Data stream lifecycle' }],
    });
  });

  contract('a lifecycle can be read by its own request', ['lifecycle-api'], async () => {
    const { body } = await server.ask('GET', `/_data_stream/${server.stream('dsl')}/_lifecycle`);
    assert.equal(at(body, 'data_streams.0.lifecycle.data_retention'), '5d');
  });

  contract('a name pattern finds the documents of all its backing indices', [], async () => {
    const path = `/${stream}/_bulk?refresh=true`;
    const time = '2026-11-24T10:00:00Z';
    await server.must('POST', path, [{ create: { _id: 'p' } }, { '@timestamp': time, n: 1 }]);
    const { body } = await server.ask('POST', `/logs-${server.name('main*')}/_search`);
    assert.deepEqual(hits(body, '_id'), ['p']);
  });

  contract('deleting a data stream deletes all its documents', [], async () => {
    const name = server.stream('gone');
    await server.must('PUT', `/_data_stream/${name}`);
    assert.equal((await server.ask('DELETE', `/${name}`)).status, 404);
    assert.equal((await server.ask('DELETE', `/_data_stream/${name}`)).status, 200);
    assert.equal((await server.ask('HEAD', `/${name}`)).status, 404);
  });
});
