import assert from 'node:assert/strict';
import { before, describe } from 'node:test';

import { at } from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, refused, useServer } from './server-under-contract.ts';

describe('contract: templates, policies and pipelines', () => {
  const server = useServer();
  const component = server.name('component');
  const template = server.name('template');
  const policy = server.name('policy');
  const pipeline = server.name('pipeline');
  const pattern = `logs-${server.name('tpl*')}`;
  const stream = `logs-${server.name('tpl')}-default`;

  before(async () => {
    await server.must('PUT', `/_component_template/${component}`, {
      template: {
        settings: { 'index.number_of_replicas': 0, 'index.refresh_interval': '5s' },
        mappings: { properties: { n: { type: 'long' }, both: { type: 'keyword' } } },
      },
      version: 3,
      _meta: { managed_by: 'contract', hash: 'x' },
    });
    await server.must('PUT', `/_index_template/${template}`, {
      index_patterns: [pattern],
      priority: 180,
      data_stream: {},
      composed_of: [component, server.name('custom')],
      ignore_missing_component_templates: [server.name('custom')],
      template: {
        settings: { index: { default_pipeline: '_none' } },
        mappings: { properties: { both: { type: 'wildcard' } } },
      },
      version: 4,
      _meta: { managed_by: 'contract' },
    });
  });

  contract(
    'a component template is read back unchanged, with its settings as texts below index',
    [],
    async () => {
      const { body } = await server.ask('GET', `/_component_template/${component}`);
      assert.deepEqual(at(body, 'component_templates.0'), {
        name: component,
        component_template: {
          template: {
            settings: { index: { number_of_replicas: '0', refresh_interval: '5s' } },
            mappings: { properties: { n: { type: 'long' }, both: { type: 'keyword' } } },
          },
          version: 3,
          _meta: { managed_by: 'contract', hash: 'x' },
        },
      });
      assert.equal((await server.ask('HEAD', `/_component_template/${component}`)).status, 200);
    },
  );

  contract('a missing component template answers 404', [], async () => {
    const none = server.name('none');
    assert.deepEqual(refused(await server.ask('GET', `/_component_template/${none}`)), [
      404,
      'resource_not_found_exception',
    ]);
    assert.equal((await server.ask('HEAD', `/_component_template/${none}`)).status, 404);
  });

  contract('a wrong component template is refused when it is put', [], async () => {
    const put = (body: unknown): ReturnType<typeof server.ask> =>
      server.ask('PUT', `/_component_template/${server.name('wrong')}`, body);
    const badType = { template: { mappings: { properties: { n: { type: 'numbers' } } } } };
    assert.deepEqual(refused(await put(badType)), [400, 'mapper_parsing_exception']);
    const badSetting = { template: { settings: { 'index.unknown_one': 1 } } };
    assert.equal((await put(badSetting)).status, 400);
    assert.equal((await put({ templates: {} })).status, 400);
  });

  contract('an index template is read back with its component templates', [], async () => {
    const { body } = await server.ask('GET', `/_index_template/${template}`);
    assert.partialDeepStrictEqual(at(body, 'index_templates.0'), {
      name: template,
      index_template: {
        index_patterns: [pattern],
        composed_of: [component, server.name('custom')],
        ignore_missing_component_templates: [server.name('custom')],
        priority: 180,
        version: 4,
        _meta: { managed_by: 'contract' },
        data_stream: { hidden: false, allow_custom_routing: false },
        template: { settings: { index: { default_pipeline: '_none' } } },
      },
    });
    assert.equal((await server.ask('HEAD', `/_index_template/${template}`)).status, 200);
    const none = server.name('none');
    assert.equal((await server.ask('HEAD', `/_index_template/${none}`)).status, 404);
    assert.deepEqual(refused(await server.ask('GET', `/_index_template/${none}`)), [
      404,
      'resource_not_found_exception',
    ]);
  });

  contract(
    'an index template without component templates is read back with an empty list',
    [],
    async () => {
      const name = server.name('bare');
      await server.must('PUT', `/_index_template/${name}`, {
        index_patterns: [server.name('bare-*')],
        priority: 999,
      });
      const { body } = await server.ask('GET', `/_index_template/${name}`);
      assert.deepEqual(at(body, 'index_templates.0.index_template'), {
        index_patterns: [server.name('bare-*')],
        composed_of: [],
        priority: 999,
      });
    },
  );

  contract(
    'an index template is refused if a component template is missing and not ignored',
    [],
    async () => {
      const answered = await server.ask('PUT', `/_index_template/${server.name('broken')}`, {
        index_patterns: [server.name('broken*')],
        priority: 998,
        composed_of: [server.name('none')],
      });
      assert.equal(answered.status, 400);
      assert.match(answered.text, /that do not exist/);
    },
  );

  contract('two index templates with one priority for the same names are refused', [], async () => {
    const answered = await server.ask('PUT', `/_index_template/${server.name('same')}`, {
      index_patterns: [pattern],
      priority: 180,
      data_stream: {},
    });
    assert.deepEqual(refused(answered), [400, 'illegal_argument_exception']);
    assert.match(answered.text, /please use a different priority/);
  });

  contract(
    'a simulated index shows the result, in which later component templates override earlier ones',
    ['wildcard-type'],
    async () => {
      const { body } = await server.ask('POST', `/_index_template/_simulate_index/${stream}`);
      assert.partialDeepStrictEqual(at(body, 'template'), {
        settings: {
          index: { number_of_replicas: '0', refresh_interval: '5s', default_pipeline: '_none' },
        },
        mappings: { properties: { n: { type: 'long' }, both: { type: 'wildcard' } } },
        aliases: {},
      });
    },
  );

  contract('the higher priority wins, and the simulation shows it', [], async () => {
    const winner = server.name('winner');
    const replicas = async (): Promise<unknown> => {
      const { body } = await server.ask('POST', `/_index_template/_simulate_index/${stream}`);
      return at(body, 'template.settings.index.refresh_interval');
    };
    assert.equal(await replicas(), '5s');
    await server.must('PUT', `/_index_template/${winner}`, {
      index_patterns: [pattern],
      priority: 200,
      data_stream: {},
      template: { settings: { refresh_interval: '7s' } },
    });
    assert.equal(await replicas(), '7s');
    const { body } = await server.ask('POST', `/_index_template/_simulate_index/${stream}`);
    const overlapping = at(body, 'overlapping') as unknown[];
    assert.ok(overlapping.some((one) => at(one, 'name') === template));
    await server.must('DELETE', `/_index_template/${winner}`);
    assert.equal(await replicas(), '5s');
  });

  contract('a component template in use cannot be deleted', [], async () => {
    const answered = await server.ask('DELETE', `/_component_template/${component}`);
    assert.deepEqual(refused(answered), [400, 'illegal_argument_exception']);
  });

  contract('a lifecycle policy is read back with its version and its users', [], async () => {
    const put = (age: string): Promise<unknown> =>
      server.must('PUT', `/_ilm/policy/${policy}`, {
        policy: {
          _meta: { managed_by: 'contract' },
          phases: {
            hot: { actions: { rollover: { max_age: '1d', max_primary_shard_size: '50gb' } } },
            delete: { min_age: age, actions: { delete: {} } },
          },
        },
      });
    await put('2d');
    await put('7d');
    const { body } = await server.ask('GET', `/_ilm/policy/${policy}`);
    const shown = (body as Record<string, unknown>)[policy];
    assert.partialDeepStrictEqual(shown, {
      version: 2,
      policy: {
        _meta: { managed_by: 'contract' },
        phases: {
          hot: {
            min_age: '0ms',
            actions: { rollover: { max_age: '1d', max_primary_shard_size: '50gb' } },
          },
          delete: { min_age: '7d', actions: { delete: {} } },
        },
      },
      in_use_by: { indices: [], data_streams: [], composable_templates: [] },
    });
    assert.match(String(at(shown, 'modified_date')), /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(refused(await server.ask('GET', `/_ilm/policy/${server.name('none')}`)), [
      404,
      'resource_not_found_exception',
    ]);
    assert.equal(
      (await server.ask('PUT', `/_ilm/policy/${policy}`, { policy: { phases: { never: {} } } }))
        .status,
      400,
    );
  });

  contract('a pipeline is read back, and a missing one answers an empty 404', [], async () => {
    const body = {
      description: 'stamps',
      processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
      _meta: { managed_by: 'contract' },
    };
    await server.must('PUT', `/_ingest/pipeline/${pipeline}`, body);
    const read = await server.ask('GET', `/_ingest/pipeline/${pipeline}`);
    assert.deepEqual(read.body, { [pipeline]: body });
    const none = await server.ask('GET', `/_ingest/pipeline/${server.name('none')}`);
    assert.deepEqual([none.status, none.body], [404, {}]);
    const unknown = await server.ask('PUT', `/_ingest/pipeline/${pipeline}`, {
      processors: [{ no_such_thing: {} }],
    });
    assert.equal(unknown.status, 400);
  });
});
