import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { at, refusal, useElasticsearch, useStandIn } from './elasticsearch-under-test.ts';

describe('templates, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const component = server.name('component');
  const template = server.name('template');

  test('a component template comes back with its settings nested and as text', async () => {
    const put = await server.ask('PUT', `/_component_template/${component}`, {
      template: {
        settings: { number_of_replicas: 0, 'index.refresh_interval': '5s' },
        mappings: {
          properties: { a: { type: 'keyword' }, o: { properties: { x: { type: 'long' } } } },
        },
        aliases: { [server.name('alias')]: {} },
      },
      version: 3,
      _meta: { managed_by: 'tests' },
    });
    assert.deepEqual(put.body, { acknowledged: true });
    const got = await server.ask('GET', `/_component_template/${component}`);
    assert.deepEqual(got.body, {
      component_templates: [
        {
          name: component,
          component_template: {
            template: {
              settings: { index: { number_of_replicas: '0', refresh_interval: '5s' } },
              mappings: {
                properties: { a: { type: 'keyword' }, o: { properties: { x: { type: 'long' } } } },
              },
              aliases: { [server.name('alias')]: {} },
            },
            version: 3,
            _meta: { managed_by: 'tests' },
          },
        },
      ],
    });
  });

  test('an index template is laid over its components and wins by priority', async () => {
    await server.ask('PUT', `/_index_template/${template}`, {
      index_patterns: [`${server.name('t')}-*`],
      composed_of: [component],
      priority: 7,
      template: {
        settings: { 'index.refresh_interval': '1s' },
        mappings: {
          properties: {
            a: { type: 'keyword', ignore_above: 5 },
            o: { properties: { y: { type: 'date' } } },
          },
        },
      },
    });
    await server.ask('PUT', `/_index_template/${server.name('weaker')}`, {
      index_patterns: [`${server.name('t')}*`],
      priority: 6,
    });
    const { body } = await server.ask(
      'POST',
      `/_index_template/_simulate_index/${server.name('t')}-1`,
    );
    assert.deepEqual(body, {
      template: {
        settings: {
          index: {
            number_of_replicas: '0',
            refresh_interval: '1s',
            routing: { allocation: { include: { _tier_preference: 'data_content' } } },
          },
        },
        mappings: {
          properties: {
            a: { type: 'keyword', ignore_above: 5 },
            o: { properties: { x: { type: 'long' }, y: { type: 'date' } } },
          },
        },
        aliases: { [server.name('alias')]: {} },
      },
      overlapping: [{ name: server.name('weaker'), index_patterns: [`${server.name('t')}*`] }],
    });
  });

  test('a template of the same priority may not overlap', async () => {
    const bad = server.name('bad');
    const { status, body } = await server.ask('PUT', `/_index_template/${bad}`, {
      index_patterns: [`${server.name('t')}-b*`],
      priority: 7,
    });
    assert.equal(status, 400);
    assert.deepEqual(
      body,
      refusal(
        400,
        'illegal_argument_exception',
        `index template [${bad}] has index patterns [${server.name('t')}-b*] matching patterns from existing templates [${template}] with patterns (${template} => [${server.name('t')}-*]) that have the same priority [7], multiple index templates may not match during index creation, please use a different priority`,
      ),
    );
  });

  test('a component that is not there is refused unless it may be missing', async () => {
    const bad = server.name('bad');
    const body = { index_patterns: [`${bad}-*`], composed_of: [server.name('nope')] };
    const refused = await server.ask('PUT', `/_index_template/${bad}`, body);
    assert.deepEqual(
      refused.body,
      refusal(
        400,
        'invalid_index_template_exception',
        `index_template [${bad}] invalid, cause [index template [${bad}] specifies component templates [${server.name('nope')}] that do not exist]`,
      ),
    );
    const taken = await server.ask('PUT', `/_index_template/${bad}`, {
      ...body,
      ignore_missing_component_templates: [server.name('nope')],
    });
    assert.equal(taken.status, 200);
  });

  test('a component in use cannot be deleted', async () => {
    const { body } = await server.ask('DELETE', `/_component_template/${component}`);
    assert.deepEqual(
      body,
      refusal(
        400,
        'illegal_argument_exception',
        `component templates [${component}] cannot be removed as they are still in use by index templates [${template}]`,
      ),
    );
  });

  for (const [what, body, type, reason] of [
    [
      'an unknown field type',
      { mappings: { properties: { a: { type: 'nope' } } } },
      'mapper_parsing_exception',
      'Failed to parse mapping: The mapper type [nope] declared on field [a] does not exist. It might have been created within a future version or requires a plugin to be installed. Check the documentation.',
    ],
    [
      'an unknown parameter of a field',
      { mappings: { properties: { a: { type: 'keyword', nope: 1 } } } },
      'mapper_parsing_exception',
      'Failed to parse mapping: unknown parameter [nope] on mapper [a] of type [keyword]',
    ],
    [
      'an unknown setting',
      { settings: { 'index.nope': 1 } },
      'illegal_argument_exception',
      'unknown setting [index.nope]',
    ],
    [
      'a time without unit',
      { settings: { 'index.refresh_interval': 'x' } },
      'illegal_argument_exception',
      'failed to parse setting [index.refresh_interval] with value [x] as a time value: unit is missing or unrecognized',
    ],
  ] as const) {
    test(`${what} is refused when a component template is put`, async () => {
      const answered = await server.ask('PUT', `/_component_template/${server.name('bad')}`, {
        template: body,
      });
      assert.equal(answered.status, 400);
      assert.equal(at(answered.body, 'error.type'), type);
      const said = String(at(answered.body, 'error.reason'));
      assert.ok(said.startsWith(reason), said);
    });
  }

  test('an unknown key is refused', async () => {
    const path = `/_component_template/${server.name('bad')}`;
    for (const body of [{ template: {}, nope: 1 }, { template: { nope: 1 } }]) {
      const answered = await server.ask('PUT', path, body);
      assert.equal(answered.status, 400);
      assert.equal(at(answered.body, 'error.type'), 'x_content_parse_exception');
    }
  });

  test('a data stream template whose @timestamp is no date is refused', async () => {
    const { status, body } = await server.ask('PUT', `/_index_template/${server.name('bad')}`, {
      index_patterns: [`${server.name('bad')}-*`],
      data_stream: {},
      template: { mappings: { properties: { '@timestamp': { type: 'keyword' } } } },
    });
    assert.equal(status, 400);
    assert.match(String(at(body, 'error.reason')), /\[@timestamp\] is of type \[keyword\]/);
  });

  test('templates that are not there are told apart from patterns that match none', async () => {
    const none = server.name('none');
    assert.deepEqual(
      (await server.ask('GET', `/_index_template/${none}`)).body,
      refusal(404, 'resource_not_found_exception', `index template matching [${none}] not found`),
    );
    assert.deepEqual((await server.ask('GET', `/_index_template/${none}*`)).body, {
      index_templates: [],
    });
    assert.deepEqual(
      (await server.ask('GET', `/_component_template/${none}`)).body,
      refusal(
        404,
        'resource_not_found_exception',
        `component template matching [${none}] not found`,
      ),
    );
    assert.deepEqual(
      (await server.ask('DELETE', `/_index_template/${none}`)).body,
      refusal(404, 'index_template_missing_exception', `index_template [${none}] missing`),
    );
    assert.equal((await server.ask('HEAD', `/_index_template/${template}`)).status, 200);
    assert.equal((await server.ask('HEAD', `/_index_template/${none}`)).status, 404);
  });

  test('create=true does not replace', async () => {
    const { body } = await server.ask('PUT', `/_component_template/${component}?create=true`, {
      template: {},
    });
    assert.deepEqual(
      body,
      refusal(
        400,
        'illegal_argument_exception',
        `component template [${component}] already exists`,
      ),
    );
  });

  test('a new index gets what its template says, below what the request says', async () => {
    const index = `${server.name('t')}-index`;
    const created = await server.ask('PUT', `/${index}`, {
      settings: { 'index.refresh_interval': '2s' },
      mappings: { properties: { b: { type: 'long' } } },
    });
    assert.deepEqual(created.body, { acknowledged: true, shards_acknowledged: true, index });
    const { body } = await server.ask('GET', `/${index}`);
    assert.deepEqual(Object.keys((at({ body }, 'body') as Record<string, unknown>) ?? {}), [index]);
    const shown = (body as Record<string, unknown>)[index];
    assert.partialDeepStrictEqual(shown, {
      aliases: { [server.name('alias')]: {} },
      mappings: { properties: { a: { type: 'keyword', ignore_above: 5 }, b: { type: 'long' } } },
      settings: {
        index: { refresh_interval: '2s', number_of_replicas: '0', number_of_shards: '1' },
      },
    });
  });

  test('no template may take the data streams of another away', async () => {
    const [owner, thief] = [server.name('owner'), server.name('thief')];
    const stream = server.name('stream');
    await server.ask('PUT', `/_index_template/${owner}`, {
      index_patterns: [`${stream}*`],
      data_stream: {},
      priority: 10,
      template: { settings: { number_of_replicas: 0 } },
    });
    await server.ask('PUT', `/_data_stream/${stream}`);
    const refused = await server.ask('PUT', `/_index_template/${thief}`, {
      index_patterns: [`${stream}*`],
      priority: 20,
    });
    assert.deepEqual(
      refused.body,
      refusal(
        400,
        'illegal_argument_exception',
        `composable template [${thief}] would cause data streams [${stream}] to no longer match a data stream template`,
      ),
    );
    const higher = server.name('higher');
    await server.ask('PUT', `/_index_template/${higher}`, {
      index_patterns: [`${stream}*`],
      data_stream: {},
      priority: 30,
    });
    const removed = await server.ask('DELETE', `/_index_template/${higher}`);
    assert.equal(removed.status, 200, removed.text);
    const kept = await server.ask('DELETE', `/_index_template/${owner}`);
    assert.deepEqual(
      kept.body,
      refusal(
        400,
        'illegal_argument_exception',
        `unable to remove composable templates [${owner}] as they are in use by a data streams [${stream}]`,
      ),
    );
    const plain = await server.ask('PUT', `/${stream}-index`);
    assert.deepEqual(
      plain.body,
      refusal(
        400,
        'illegal_argument_exception',
        `cannot create index with name [${stream}-index], because it matches with template [${owner}] that creates data streams only, use create data stream api instead`,
      ),
    );
  });
});

describe('what a cluster brings along', () => {
  const server = useStandIn();

  test('logs-*-* is a data stream template of priority 100', async () => {
    const { body } = await server.ask('GET', '/_index_template/logs');
    assert.partialDeepStrictEqual(body, {
      index_templates: [
        {
          name: 'logs',
          index_template: {
            index_patterns: ['logs-*-*'],
            composed_of: ['logs@mappings', 'logs@settings', 'logs@custom', 'ecs@mappings'],
            priority: 100,
            data_stream: { hidden: false, allow_custom_routing: false },
          },
        },
      ],
    });
  });

  test('an index whose name looks like a log cannot be made, so that a destination needs its own template', async () => {
    const { status } = await server.ask('PUT', '/logs-ti_threatconnect_latest.dest_indicator-101');
    assert.equal(status, 400);
    await server.ask('PUT', '/_index_template/dest', {
      index_patterns: ['logs-ti_threatconnect_latest.dest_indicator-*'],
      priority: 240,
    });
    assert.equal(
      (await server.ask('PUT', '/logs-ti_threatconnect_latest.dest_indicator-101')).status,
      200,
    );
  });

  test('the built-in components can be composed', async () => {
    await server.ask('PUT', '/_index_template/own', {
      index_patterns: ['logs-own.*-*'],
      priority: 180,
      data_stream: {},
      composed_of: ['logs@mappings', 'logs@settings', 'ecs@mappings', 'own@custom'],
      ignore_missing_component_templates: ['own@custom'],
    });
    const { body } = await server.ask(
      'POST',
      '/_index_template/_simulate_index/logs-own.x-default',
    );
    assert.partialDeepStrictEqual(body, {
      template: {
        settings: {
          index: { codec: 'best_compression', default_pipeline: 'logs@default-pipeline' },
        },
        mappings: {
          date_detection: false,
          properties: {
            data_stream: { properties: { type: { type: 'constant_keyword', value: 'logs' } } },
          },
        },
      },
      overlapping: [{ name: 'logs', index_patterns: ['logs-*-*'] }],
    });
  });

  test('a log without time gets that of its arrival', async () => {
    await server.ask('POST', '/_sim/clock', { nowMs: Date.parse('2026-11-24T10:00:00.000Z') });
    await server.ask('POST', '/logs-app-default/_doc/', { message: 'hello' });
    const { text } = await server.ask('GET', '/_sim/documents?target=logs-app-default');
    assert.deepEqual(JSON.parse(text)['_source'], {
      '@timestamp': '2026-11-24T10:00:00.000Z',
      message: 'hello',
    });
  });
});
