import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { at, useStandIn } from './elasticsearch-under-test.ts';

const TEMPLATE = { index_patterns: ['kept-*'], data_stream: {}, composed_of: ['logs@settings'] };

describe('Serverless', () => {
  const server = useStandIn({ flavour: 'serverless' });

  test('says what it is', async () => {
    const { body } = await server.ask('GET', '/');
    assert.equal(at(body, 'version.build_flavor'), 'serverless');
  });

  for (const [method, path] of [
    ['GET', '/_ilm/policy'],
    ['PUT', '/_ilm/policy/short'],
    ['GET', '/_ilm/status'],
    ['GET', '/any/_ilm/explain'],
    ['GET', '/any/_stats'],
  ] as const) {
    test(`has no ${method} ${path}`, async () => {
      const { status, body } = await server.ask(method, path);
      assert.deepEqual(
        [status, at(body, 'error.type'), at(body, 'error.reason')],
        [
          410,
          'api_not_available_exception',
          `Request for uri [${path}] with method [${method}] exists but is not available when running in serverless mode`,
        ],
      );
    });
  }

  test('refuses settings of nodes and policies, wherever they are', async () => {
    const settings = { index: { number_of_shards: 1, lifecycle: { name: 'short' } } };
    for (const [path, body] of [
      ['/_component_template/a', { template: { settings } }],
      ['/_index_template/a', { index_patterns: ['a-*'], template: { settings } }],
      ['/plain', { settings }],
      ['/plain/_settings', settings],
    ] as const) {
      const answer = await server.ask('PUT', path, body);
      assert.equal(
        at(answer.body, 'error.reason'),
        'Settings [index.lifecycle.name,index.number_of_shards] are not available when running in serverless mode',
        path,
      );
    }
  });

  test('shows an error of the data stream lifecycle until it is gone', async () => {
    await server.ask('PUT', '/_index_template/kept', {
      ...TEMPLATE,
      template: { lifecycle: { data_retention: '5d' } },
    });
    await server.ask('PUT', '/_data_stream/kept-a');
    const { body } = await server.ask('GET', '/_data_stream/kept-a');
    const index = String(at(body, 'data_streams.0.indices.0.index_name'));
    await server.ask('POST', '/_sim/lifecycle', { index, reason: 'busy' });
    const explain = async () => {
      await server.ask('POST', '/_sim/clock', { advanceMs: 600_000 });
      const { body } = await server.ask('GET', '/kept-a/_lifecycle/explain');
      return (at(body, 'indices') as Record<string, unknown>)[index];
    };
    assert.partialDeepStrictEqual(await explain(), {
      managed_by_lifecycle: true,
      error: '{"type":"illegal_argument_exception","reason":"busy"}',
    });
    assert.equal(at(await explain(), 'error'), undefined);
  });
});

describe('versions', () => {
  const [old, new_] = [useStandIn({ version: '8.13.4' }), useStandIn({ version: '9.4.0' })];

  test('a data stream shows what its version has', async () => {
    for (const server of [old, new_]) {
      await server.ask('PUT', '/_index_template/kept', TEMPLATE);
      await server.ask('PUT', '/_data_stream/kept-a');
    }
    const shown = async (server: typeof old) => {
      const { body } = await server.ask('GET', '/_data_stream/kept-a');
      return at(body, 'data_streams.0') as Record<string, unknown>;
    };
    for (const name of ['failure_store', 'settings', 'mappings'])
      assert.equal(name in (await shown(old)), false, name);
    assert.partialDeepStrictEqual(await shown(new_), {
      failure_store: { enabled: true },
      settings: {},
      mappings: {},
    });
  });

  test('what is set for one stream counts for its next index, and a dynamic setting at once', async () => {
    await new_.ask('PUT', '/_data_stream/kept-a/_settings', {
      index: { mode: 'logsdb', default_pipeline: '_none' },
    });
    await new_.ask('PUT', '/_data_stream/kept-a/_mappings', {
      properties: { a: { type: 'long' } },
    });
    const indices = async () => {
      const { body } = await new_.ask('GET', '/kept-a');
      return Object.values(body as object) as unknown[];
    };
    const [first] = await indices();
    assert.partialDeepStrictEqual(at(first, 'settings.index'), { default_pipeline: '_none' });
    assert.equal(at(first, 'settings.index.mode'), undefined);
    await new_.ask('POST', '/kept-a/_rollover');
    const second = (await indices())[1];
    assert.equal(at(second, 'settings.index.mode'), 'logsdb');
    assert.equal(at(second, 'mappings.properties.a.type'), 'long');
  });
});
