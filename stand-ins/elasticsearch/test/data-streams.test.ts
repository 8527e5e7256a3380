import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import {
  at,
  hits,
  noIndex,
  refusal,
  useElasticsearch,
  useStandIn,
} from './elasticsearch-under-test.ts';

const TIME = '2026-11-24T10:00:00.000Z';

describe('data streams, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const stream = `logs-${server.name('test')}-default`;
  const template = server.name('template');

  before(async () => {
    await server.ask('PUT', `/_index_template/${template}`, {
      index_patterns: [`logs-${server.name('*')}-*`],
      data_stream: {},
      priority: 200,
      template: {
        settings: { number_of_replicas: 0, 'index.lifecycle.name': 'a-policy' },
        mappings: { properties: { n: { type: 'long' } } },
      },
    });
  });

  test('the first create makes the data stream and its backing index', async () => {
    const { status, body } = await server.ask('PUT', `/${stream}/_create/one?refresh=true`, {
      '@timestamp': TIME,
      n: 1,
    });
    assert.equal(status, 201);
    const index = String(at(body, '_index'));
    assert.match(index, new RegExp(`^\\.ds-${stream}-\\d{4}\\.\\d\\d\\.\\d\\d-000001$`));
    assert.deepEqual(body, {
      _index: index,
      _id: 'one',
      _version: 1,
      result: 'created',
      forced_refresh: true,
      _shards: { total: 1, successful: 1, failed: 0 },
      _seq_no: 0,
      _primary_term: 1,
    });
  });

  test('an id is taken once within the write index', async () => {
    const { status, body } = await server.ask('PUT', `/${stream}/_create/one`, {
      '@timestamp': TIME,
    });
    assert.equal(status, 409);
    assert.partialDeepStrictEqual(body, {
      error: {
        type: 'version_conflict_engine_exception',
        reason: '[one]: version conflict, document already exists (current version [1])',
        shard: '0',
      },
      status: 409,
    });
  });

  test('the description of a data stream names template, policy and indices', async () => {
    const { body } = await server.ask('GET', `/_data_stream/${stream}`);
    const index = at(body, 'data_streams.0.indices.0.index_name');
    const uuid = at(body, 'data_streams.0.indices.0.index_uuid');
    assert.deepEqual(body, {
      data_streams: [
        {
          name: stream,
          timestamp_field: { name: '@timestamp' },
          indices: [
            {
              index_name: index,
              index_uuid: uuid,
              managed_by: 'Index Lifecycle Management',
              prefer_ilm: true,
              ilm_policy: 'a-policy',
              index_mode: 'standard',
            },
          ],
          generation: 1,
          status: 'GREEN',
          template,
          ilm_policy: 'a-policy',
          next_generation_managed_by: 'Index Lifecycle Management',
          prefer_ilm: true,
          hidden: false,
          system: false,
          allow_custom_routing: false,
          replicated: false,
          rollover_on_write: false,
          index_mode: 'standard',
          settings: {},
          failure_store: { enabled: false, rollover_on_write: true, indices: [] },
        },
      ],
    });
    const wildcard = await server.ask('GET', `/_data_stream/logs-${server.name('*')}`);
    assert.deepEqual(wildcard.body, body);
  });

  test('a data stream that is not there is told from a pattern that matches none', async () => {
    const none = server.name('none');
    assert.deepEqual((await server.ask('GET', `/_data_stream/${none}`)).body, noIndex(none));
    assert.deepEqual((await server.ask('GET', `/_data_stream/${none}*`)).body, {
      data_streams: [],
    });
    assert.deepEqual((await server.ask('DELETE', `/_data_stream/${none}`)).body, noIndex(none));
  });

  test('a data stream is made once, and only with a template', async () => {
    assert.deepEqual(
      (await server.ask('PUT', `/_data_stream/${stream}`)).body,
      refusal(400, 'resource_already_exists_exception', `data_stream [${stream}] already exists`),
    );
    const none = server.name('none');
    assert.deepEqual(
      (await server.ask('PUT', `/_data_stream/${none}`)).body,
      refusal(
        400,
        'illegal_argument_exception',
        `no matching index template found for data stream [${none}]`,
      ),
    );
  });

  test('a document of a data stream is not read, replaced or deleted by the name of the stream', async () => {
    const onlyCreate = {
      error: {
        type: 'illegal_argument_exception',
        reason: 'only write ops with an op_type of create are allowed in data streams',
      },
    };
    assert.deepEqual((await server.ask('GET', `/${stream}/_doc/one`)).body, noIndex(stream, true));
    assert.partialDeepStrictEqual(
      (await server.ask('PUT', `/${stream}/_doc/one`, { '@timestamp': TIME })).body,
      onlyCreate,
    );
    assert.partialDeepStrictEqual(
      (await server.ask('DELETE', `/${stream}/_doc/one`)).body,
      onlyCreate,
    );
    assert.partialDeepStrictEqual(
      (await server.ask('POST', `/${stream}/_update/one`, { doc: {} })).body,
      onlyCreate,
    );
    assert.deepEqual((await server.ask('DELETE', `/${stream}`)).body, noIndex(stream, true));
  });

  test('by the name of its index a document is changed, but none is added', async () => {
    const { body } = await server.ask('GET', `/_data_stream/${stream}`);
    const index = String(at(body, 'data_streams.0.indices.0.index_name'));
    const updated = await server.ask('POST', `/${index}/_update/one`, { doc: { n: 5 } });
    assert.partialDeepStrictEqual(updated.body, { _version: 2, result: 'updated', _seq_no: 1 });
    const instead = `targeting backing indices is disallowed, target corresponding data stream [${stream}] instead`;
    assert.deepEqual(
      (await server.ask('PUT', `/${index}/_create/two`, { '@timestamp': TIME })).body,
      refusal(400, 'illegal_argument_exception', `index request with op_type=create ${instead}`),
    );
    assert.deepEqual(
      (await server.ask('PUT', `/${index}/_doc/one`, { '@timestamp': TIME })).body,
      refusal(400, 'illegal_argument_exception', `index request with op_type=index ${instead}`),
    );
    const replaced = await server.ask('PUT', `/${index}/_doc/one?if_seq_no=1&if_primary_term=1`, {
      '@timestamp': TIME,
    });
    assert.partialDeepStrictEqual(replaced.body, { _version: 3, result: 'updated' });
  });

  for (const [what, document] of [
    ['no time', '{"n":1}'],
    ['null for a time', '{"@timestamp":null}'],
    ['an empty list of times', '{"@timestamp":[]}'],
    ['two times', '{"@timestamp":["2026-01-01","2026-01-02"],"n":1}'],
    ['a word for a time', '{"@timestamp":"yesterday"}'],
    ['a blank between date and time', '{"@timestamp":"2026-01-01 10:00:00"}'],
    ['a day that no month has', '{"@timestamp":"2026-02-30"}'],
  ] as const) {
    test(`a document with ${what} is refused`, async () => {
      const { status, body } = await server.ask('PUT', `/${stream}/_create/bad`, document);
      assert.equal(status, 400);
      assert.equal(at(body, 'error.type'), 'document_parsing_exception');
    });
  }

  for (const time of [
    '"2026"',
    '"2026-01-01"',
    '"2026-01-01T10:00:00"',
    '"2026-01-01T10:00:00.123456789Z"',
    '"2026-01-01T10:00:00+0100"',
    '["2026-01-01"]',
    '1767225600000',
    '"1767225600000"',
  ]) {
    test(`${time} is a time`, async () => {
      const { status } = await server.ask('POST', `/${stream}/_doc`, `{"@timestamp":${time}}`);
      assert.equal(status, 201);
    });
  }
});

describe('rollover, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const stream = `logs-${server.name('roll')}-default`;

  before(async () => {
    await server.ask('PUT', `/_index_template/${server.name('template')}`, {
      index_patterns: [`logs-${server.name('*')}-*`],
      data_stream: {},
      priority: 200,
      template: { settings: { number_of_replicas: 0 } },
    });
    await server.ask('PUT', `/${stream}/_create/a?refresh=true`, { '@timestamp': TIME });
  });

  const oldAndNew = async (query: string, body?: unknown): Promise<[unknown, string, string]> => {
    const answered = await server.ask('POST', `/${stream}/_rollover${query}`, body);
    const { old_index: old, new_index: next, ...rest } = answered.body as Record<string, string>;
    return [rest, String(old).slice(-6), String(next).slice(-6)];
  };

  test('a rollover makes the next index, which takes the ids of the old one again', async () => {
    const [rest, old, next] = await oldAndNew('');
    assert.deepEqual(
      [rest, old, next],
      [
        {
          acknowledged: true,
          shards_acknowledged: true,
          rolled_over: true,
          dry_run: false,
          lazy: false,
          conditions: {},
        },
        '000001',
        '000002',
      ],
    );
    const again = await server.ask('PUT', `/${stream}/_create/a?refresh=true`, {
      '@timestamp': TIME,
    });
    assert.equal(again.status, 201);
    assert.partialDeepStrictEqual(again.body, { _seq_no: 0, _version: 1 });
    const { body } = await server.ask('POST', `/${stream}/_search`, {
      query: { ids: { values: ['a'] } },
      sort: ['_doc'],
    });
    assert.deepEqual(
      hits(body, '_index').map((index) => String(index).slice(-6)),
      ['000001', '000002'],
    );
  });

  test('only data streams and aliases roll over', async () => {
    const index = server.name('plain');
    await server.ask('PUT', `/${index}`);
    assert.deepEqual(
      (await server.ask('POST', `/${index}/_rollover`)).body,
      refusal(
        400,
        'illegal_argument_exception',
        'rollover target is a [concrete index] but one of [alias,data_stream] was expected',
      ),
    );
    const none = server.name('none');
    assert.deepEqual(
      (await server.ask('POST', `/${none}/_rollover`)).body,
      refusal(404, 'resource_not_found_exception', `rollover target [${none}] does not exist`),
    );
  });

  test('a lazy rollover takes no conditions and marks the stream', async () => {
    const refused = await server.ask('POST', `/${stream}/_rollover?lazy=true`, {
      conditions: { max_age: '1d' },
    });
    assert.equal(refused.status, 400);
    const [rest] = await oldAndNew('?lazy=true');
    assert.deepEqual(rest, {
      acknowledged: true,
      shards_acknowledged: false,
      rolled_over: false,
      dry_run: false,
      lazy: true,
      conditions: {},
    });
    const { body } = await server.ask('GET', `/_data_stream/${stream}`);
    assert.partialDeepStrictEqual(body, {
      data_streams: [{ generation: 2, rollover_on_write: true }],
    });
  });

  test('the write index cannot be deleted by itself, the older ones can', async () => {
    const { body } = await server.ask('GET', `/_data_stream/${stream}`);
    const [old, last] = [0, 1].map((place) =>
      String(at(body, `data_streams.0.indices.${place}.index_name`)),
    );
    assert.equal((await server.ask('DELETE', `/${old}`)).status, 200);
    assert.deepEqual(
      (await server.ask('DELETE', `/${last}`)).body,
      refusal(
        400,
        'illegal_argument_exception',
        `index [${last}] is the write index for data stream [${stream}] and cannot be deleted`,
      ),
    );
    const after = await server.ask('GET', `/_data_stream/${stream}`);
    assert.equal(at(after.body, 'data_streams.0.indices.length'), 1);
  });
});

describe('data streams of the stand-in', () => {
  const server = useStandIn();

  test('a lazy rollover is carried out by the next write, with the template of that moment', async () => {
    const put = (n: string): Promise<unknown> =>
      server.ask('PUT', '/_index_template/lazy', {
        index_patterns: ['lazy*'],
        data_stream: {},
        template: { mappings: { properties: { n: { type: n } } } },
      });
    await put('long');
    await server.ask('PUT', '/lazy-stream/_create/a', { '@timestamp': TIME });
    await server.ask('POST', '/lazy-stream/_rollover?lazy=true');
    await put('keyword');
    const { body } = await server.ask('PUT', '/lazy-stream/_create/a', { '@timestamp': TIME });
    assert.match(String(at(body, '_index')), /-000002$/);
    const described = await server.ask('GET', '/_data_stream/lazy-stream');
    assert.partialDeepStrictEqual(described.body, {
      data_streams: [{ generation: 2, rollover_on_write: false }],
    });
    const mapping = await server.ask('GET', `/${String(at(body, '_index'))}/_mapping`);
    assert.match(mapping.text, /"n":\{"type":"keyword"\}/);
  });

  test('the day in the name of a backing index is that of the clock', async () => {
    await server.ask('POST', '/_sim/clock', { nowMs: Date.parse('2027-02-03T23:59:59Z') });
    await server.ask('POST', '/lazy-other/_doc', { '@timestamp': TIME });
    const { body } = await server.ask('GET', '/_data_stream/lazy-other');
    assert.equal(
      at(body, 'data_streams.0.indices.0.index_name'),
      '.ds-lazy-other-2027.02.03-000001',
    );
    await server.ask('POST', '/_sim/clock', { advanceMs: 1_000 });
    const rolled = await server.ask('POST', '/lazy-other/_rollover');
    assert.partialDeepStrictEqual(rolled.body, {
      rolled_over: true,
      new_index: '.ds-lazy-other-2027.02.04-000002',
    });
  });

  test('deleting a data stream deletes its documents', async () => {
    await server.ask('PUT', '/lazy-gone/_create/a', { '@timestamp': TIME });
    assert.deepEqual((await server.ask('DELETE', '/_data_stream/lazy-gone')).body, {
      acknowledged: true,
    });
    assert.equal((await server.ask('GET', '/_sim/documents?target=.ds-lazy-gone*')).text, '');
    assert.equal((await server.ask('GET', '/lazy-gone/_count')).status, 404);
  });
});
