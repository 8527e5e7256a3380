import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { at, noIndex, refusal, useElasticsearch } from './elasticsearch-under-test.ts';

describe('indices, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const index = server.name('index');
  const shown = async (path: string): Promise<unknown> =>
    ((await server.ask('GET', `/${index}/${path}`)).body as Record<string, unknown>)[index];

  before(async () => {
    await server.ask('PUT', `/${index}`, {
      settings: { number_of_replicas: 0 },
      mappings: {
        dynamic: false,
        properties: {
          n: { type: 'long' },
          k: { type: 'keyword' },
          d: { type: 'date' },
          'dotted.name': { type: 'ip' },
          o: { type: 'object', properties: { a: { type: 'keyword' } } },
          closed: { type: 'object', dynamic: 'strict', properties: { a: { type: 'keyword' } } },
          empty: { type: 'object', enabled: false },
          c: { type: 'constant_keyword', value: 'x' },
          open: { type: 'constant_keyword' },
        },
      },
    });
  });

  test('a mapping is shown in one form', async () => {
    assert.deepEqual(await shown('_mapping'), {
      mappings: {
        dynamic: 'false',
        properties: {
          c: { type: 'constant_keyword', value: 'x' },
          closed: { dynamic: 'strict', properties: { a: { type: 'keyword' } } },
          d: { type: 'date' },
          dotted: { properties: { name: { type: 'ip' } } },
          empty: { type: 'object', enabled: false },
          k: { type: 'keyword' },
          n: { type: 'long' },
          o: { properties: { a: { type: 'keyword' } } },
          open: { type: 'constant_keyword' },
        },
      },
    });
  });

  test('fields can be added and a few parameters changed', async () => {
    const { body } = await server.ask('PUT', `/${index}/_mapping`, {
      _meta: { version: 2 },
      properties: {
        extra: { type: 'keyword' },
        k: { type: 'keyword', ignore_above: 7, fields: { text: { type: 'text' } } },
        o: { properties: { b: { type: 'date' } } },
        open: { type: 'constant_keyword', value: 'now' },
      },
    });
    assert.deepEqual(body, { acknowledged: true });
    assert.partialDeepStrictEqual(await shown('_mapping'), {
      mappings: {
        _meta: { version: 2 },
        properties: {
          extra: { type: 'keyword' },
          k: { type: 'keyword', ignore_above: 7, fields: { text: { type: 'text' } } },
          o: { properties: { a: { type: 'keyword' }, b: { type: 'date' } } },
          open: { type: 'constant_keyword', value: 'now' },
        },
      },
    });
  });

  for (const [what, properties, reason] of [
    [
      'another type',
      { n: { type: 'keyword' } },
      'mapper [n] cannot be changed from type [long] to [keyword]',
    ],
    [
      'an object for a field',
      { n: { properties: { a: { type: 'long' } } } },
      "can't merge a non object mapping [n] with an object mapping",
    ],
    [
      'a field for an object',
      { o: { type: 'keyword' } },
      "can't merge a non object mapping [o] with an object mapping",
    ],
    [
      'another format',
      { d: { type: 'date', format: 'epoch_millis' } },
      'Mapper for [d] conflicts with existing mapper:\n\tCannot update parameter [format] from [strict_date_optional_time||epoch_millis] to [epoch_millis]',
    ],
    [
      'no doc values',
      { 'o.a': { type: 'keyword', doc_values: false } },
      'Mapper for [o.a] conflicts with existing mapper:\n\tCannot update parameter [doc_values] from [true] to [false]',
    ],
    [
      'another constant',
      { c: { type: 'constant_keyword', value: 'y' } },
      'Mapper for [c] conflicts with existing mapper:\n\tCannot update parameter [value] from [x] to [y]',
    ],
  ] as const) {
    test(`${what} is refused for a field that is there`, async () => {
      const { body } = await server.ask('PUT', `/${index}/_mapping`, { properties });
      assert.deepEqual(body, refusal(400, 'illegal_argument_exception', reason));
    });
  }

  for (const [what, body, reason] of [
    [
      'an unknown root parameter',
      { nope: 1 },
      'Failed to parse mapping: Root mapping definition has unsupported parameters:  [nope]',
    ],
    [
      'a field without type',
      { properties: { a: { nope: 1 } } },
      'Failed to parse mapping: No type specified for field [a]',
    ],
  ] as const) {
    test(`${what} is refused`, async () => {
      const answered = await server.ask('PUT', `/${index}/_mapping`, body);
      assert.equal(at(answered.body, 'error.reason'), reason);
    });
  }

  test('settings are texts, nested or flat, and can be picked', async () => {
    assert.partialDeepStrictEqual(await shown('_settings'), {
      settings: {
        index: {
          number_of_shards: '1',
          number_of_replicas: '0',
          provided_name: index,
          routing: { allocation: { include: { _tier_preference: 'data_content' } } },
        },
      },
    });
    assert.deepEqual(await shown('_settings/index.number_of_*?flat_settings=true'), {
      settings: { 'index.number_of_replicas': '0', 'index.number_of_shards': '1' },
    });
  });

  test('dynamic settings can be changed and taken back', async () => {
    await server.ask('PUT', `/${index}/_settings`, { index: { refresh_interval: '30s' } });
    assert.deepEqual(await shown('_settings/index.refresh_interval?flat_settings=true'), {
      settings: { 'index.refresh_interval': '30s' },
    });
    await server.ask('PUT', `/${index}/_settings`, { refresh_interval: null });
    assert.equal(await shown('_settings/index.refresh_interval'), undefined);
  });

  test('static settings cannot be changed', async () => {
    const { body } = await server.ask('PUT', `/${index}/_settings`, {
      'index.number_of_shards': 2,
    });
    assert.match(
      String(at(body, 'error.reason')),
      /^Can't update non dynamic settings \[\[index\.number_of_shards\]\] for open indices \[\[.*\]\] unless the `reopen` query parameter is set to true\./,
    );
  });

  test('an index is made once', async () => {
    const { status, body } = await server.ask('PUT', `/${index}`);
    assert.equal(status, 400);
    assert.match(String(at(body, 'error.reason')), /^index \[.*\/[\w-]{22}\] already exists$/);
  });

  for (const name of ['UPPER', '_x', 'a,b', 'a b', '']) {
    test(`no index can be called [${name}]`, async () => {
      const { status } = await server.ask('PUT', `/${encodeURIComponent(name)}`);
      assert.ok(status === 400 || status === 405);
    });
  }

  test('an unknown part of an index is refused', async () => {
    const { body } = await server.ask('PUT', `/${server.name('bad')}`, { nope: 1 });
    assert.deepEqual(body, refusal(400, 'parse_exception', 'unknown key [nope] for create index'));
  });

  test('an index is deleted by its own name only', async () => {
    const [gone, alias] = [server.name('gone'), server.name('gone-alias')];
    await server.ask('PUT', `/${gone}`, { aliases: { [alias]: {} } });
    assert.deepEqual(
      (await server.ask('DELETE', `/${gone}*`)).body,
      refusal(400, 'illegal_argument_exception', 'Wildcard expressions are not allowed'),
    );
    assert.deepEqual(
      (await server.ask('DELETE', `/${alias}`)).body,
      refusal(
        400,
        'illegal_argument_exception',
        `The provided expression [${alias}] matches an alias`,
      ),
    );
    assert.equal((await server.ask('HEAD', `/${gone}`)).status, 200);
    assert.deepEqual((await server.ask('DELETE', `/${gone}`)).body, { acknowledged: true });
    assert.equal((await server.ask('HEAD', `/${gone}`)).status, 404);
    assert.deepEqual((await server.ask('DELETE', `/${gone}`)).body, noIndex(gone));
    assert.equal((await server.ask('DELETE', `/${gone}?ignore_unavailable=true`)).status, 200);
  });
});

describe('aliases, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const [one, two, alias] = [server.name('one'), server.name('two'), server.name('alias')];
  const change = (...actions: unknown[]): ReturnType<typeof server.ask> =>
    server.ask('POST', '/_aliases', { actions });

  before(async () => {
    for (const index of [one, two])
      await server.ask('PUT', `/${index}`, { settings: { number_of_replicas: 0 } });
  });

  test('an alias is added and shown with its properties', async () => {
    const { body } = await change({
      add: { index: one, alias, is_write_index: true },
    });
    assert.deepEqual(body, { acknowledged: true, errors: false });
    const got = await server.ask('GET', `/_alias/${alias}`);
    assert.deepEqual(got.body, {
      [one]: {
        aliases: { [alias]: { is_write_index: true } },
      },
    });
    assert.equal((await server.ask('HEAD', `/_alias/${alias}`)).status, 200);
  });

  test('writes to an alias go to its write index, reads by id need a single index', async () => {
    await change({ add: { index: two, alias } });
    const { body } = await server.ask('PUT', `/${alias}/_doc/1`, {});
    assert.equal(at(body, '_index'), one);
    const read = await server.ask('GET', `/${alias}/_doc/1`);
    assert.deepEqual(
      read.body,
      refusal(
        400,
        'illegal_argument_exception',
        `alias [${alias}] has more than one index associated with it, can't execute a single index op`,
      ),
    );
  });

  test('an alias moves in one step, and has one write index at most', async () => {
    const twice = await change({ add: { index: two, alias, is_write_index: true } });
    assert.equal(twice.status, 500);
    assert.equal(at(twice.body, 'error.type'), 'illegal_state_exception');
    await change(
      { remove: { index: one, alias } },
      { add: { index: two, alias, is_write_index: true } },
    );
    const got = await server.ask('GET', `/_alias/${alias}`);
    assert.deepEqual(got.body, { [two]: { aliases: { [alias]: { is_write_index: true } } } });
  });

  test('an index can give way to an alias of its name in one step', async () => {
    const old = server.name('old');
    await server.ask('PUT', `/${old}`);
    const { body } = await change(
      { remove_index: { index: old } },
      { add: { index: one, alias: old } },
    );
    assert.deepEqual(body, { acknowledged: true, errors: false });
    assert.deepEqual((await server.ask('GET', `/_alias/${old}`)).body, {
      [one]: { aliases: { [old]: {} } },
    });
  });

  test('an alias cannot have the name of an index', async () => {
    const { body } = await change({ add: { index: one, alias: two } });
    assert.deepEqual(
      body,
      refusal(
        400,
        'invalid_alias_name_exception',
        `Invalid alias name [${two}]: an index or data stream exists with the same name as the alias`,
      ),
    );
  });

  test('an alias of what is not there is refused', async () => {
    const none = server.name('none');
    assert.deepEqual((await change({ add: { index: none, alias } })).body, noIndex(none));
    assert.deepEqual(
      (await change({ remove: { index: one, alias: none } })).body,
      refusal(404, 'aliases_not_found_exception', `aliases [${none}] missing`, {
        'resource.type': 'aliases',
        'resource.id': none,
      }),
    );
  });

  for (const [what, body, type] of [
    ['no action', '{"actions":[]}', 'illegal_argument_exception'],
    ['an unknown action', '{"actions":[{"nope":{"index":"a2"}}]}', 'x_content_parse_exception'],
    [
      'an unknown field',
      '{"actions":[{"add":{"index":"a2","alias":"x","nope":1}}]}',
      'x_content_parse_exception',
    ],
    ['an action without index', '{"actions":[{"add":{"alias":"x"}}]}', 'x_content_parse_exception'],
  ] as const) {
    test(`${what} is refused`, async () => {
      const answered = await server.ask('POST', '/_aliases', body);
      assert.equal(answered.status, 400);
      assert.equal(at(answered.body, 'error.type'), type);
    });
  }

  test('a data stream may have aliases of its own', async () => {
    const [stream, name] = [server.name('stream'), server.name('stream-alias')];
    await server.ask('PUT', `/_index_template/${stream}`, {
      index_patterns: [`${stream}*`],
      data_stream: {},
      template: { settings: { number_of_replicas: 0 } },
    });
    await server.ask('PUT', `/_data_stream/${stream}`);
    await change({ add: { index: stream, alias: name } });
    assert.deepEqual((await server.ask('GET', `/_alias/${name}`)).body, {
      [stream]: { aliases: { [name]: {} } },
    });
    await change({ add: { index: stream, alias: name, is_write_index: true } });
    const written = await server.ask('POST', `/${name}/_doc`, { '@timestamp': '2026-01-01' });
    assert.equal(written.status, 201);
    const mixed = await change({ add: { index: one, alias: name } });
    assert.equal(mixed.status, 500);
  });
});

describe('lifecycle policies, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const path = `/_ilm/policy/${server.name('policy')}`;

  test('a policy comes back with what the server fills in, and counts its versions', async () => {
    const body = {
      policy: {
        phases: {
          hot: { actions: { rollover: { max_age: '30d' } } },
          delete: { min_age: '90d', actions: { delete: {} } },
        },
        _meta: { managed_by: 'tests' },
      },
    };
    assert.deepEqual((await server.ask('PUT', path, body)).body, { acknowledged: true });
    const got = await server.ask('GET', path);
    assert.partialDeepStrictEqual((got.body as Record<string, unknown>)[server.name('policy')], {
      version: 1,
      policy: {
        phases: {
          hot: { min_age: '0ms', actions: { rollover: { max_age: '30d' } } },
          delete: { min_age: '90d', actions: { delete: { delete_searchable_snapshot: true } } },
        },
        _meta: { managed_by: 'tests' },
      },
      in_use_by: { indices: [], data_streams: [], composable_templates: [] },
    });
  });

  for (const [what, text, type, reason] of [
    [
      'an unknown action',
      '{"policy":{"phases":{"hot":{"actions":{"roll":{}}}}}}',
      'x_content_parse_exception',
    ],
    [
      'an action of another phase',
      '{"policy":{"phases":{"delete":{"actions":{"rollover":{"max_age":"1d"}}}}}}',
      'action_request_validation_exception',
      'Validation Failed: 1: invalid action [rollover] defined in phase [delete];',
    ],
    ['an unknown field', '{"policy":{"phases":{},"nope":1}}', 'x_content_parse_exception'],
  ] as const) {
    test(`a policy with ${what} is refused`, async () => {
      const { status, body } = await server.ask('PUT', path, text);
      assert.equal(status, 400);
      assert.equal(at(body, 'error.type'), type);
      if (reason !== undefined) assert.equal(at(body, 'error.reason'), reason);
    });
  }

  test('a policy is deleted once', async () => {
    assert.deepEqual((await server.ask('DELETE', path)).body, { acknowledged: true });
    const name = server.name('policy');
    assert.deepEqual(
      (await server.ask('GET', path)).body,
      refusal(404, 'resource_not_found_exception', `Lifecycle policy not found: ${name}`),
    );
  });
});
