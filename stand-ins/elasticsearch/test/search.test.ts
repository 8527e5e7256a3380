import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { at, hits, noIndex, useElasticsearch, useStandIn } from './elasticsearch-under-test.ts';

describe('searches, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const index = server.name('search');
  const search = (body: unknown, query = ''): ReturnType<typeof server.ask> =>
    server.ask('POST', `/${index}/_search${query}`, body);

  before(async () => {
    await server.ask('PUT', `/${index}`, {
      settings: { number_of_replicas: 0 },
      mappings: {
        properties: {
          n: { type: 'long' },
          k: { type: 'keyword', fields: { t: { type: 'text' } } },
          d: { type: 'date' },
          t: { type: 'text' },
          ip: { type: 'ip' },
          b: { type: 'boolean' },
          f: { type: 'float' },
          o: { properties: { a: { type: 'keyword' } } },
          fl: { type: 'flattened' },
          ck: { type: 'constant_keyword', value: 'cc' },
          short: { type: 'keyword', ignore_above: 3 },
        },
      },
    });
    await server.ask('POST', `/${index}/_bulk?refresh=true`, [
      { index: { _id: '1' } },
      {
        n: 1,
        k: 'a',
        d: '2026-01-01T00:00:00Z',
        t: 'Hello World',
        ip: '10.0.0.1',
        b: true,
        f: 1.5,
        o: { a: 'x' },
        fl: { p: 'q' },
        short: 'abc',
      },
      { index: { _id: '2' } },
      {
        n: [2, 5],
        k: ['b', 'a'],
        d: '2026-01-02',
        t: 'Hello',
        ip: '::1',
        b: false,
        f: 2,
        'o.a': 'y',
        dyn: 'some Text',
        short: 'abcd',
      },
      { index: { _id: '3' } },
      { n: null, k: '', d: 1767312000000, f: 3.25, o: [{ a: 'm' }, { a: 'l' }], dyno: { z: 1 } },
    ]);
  });

  for (const [query, ids] of [
    [{ match_all: {} }, ['1', '2', '3']],
    [{ ids: { values: ['3', '1', 'zz'] } }, ['1', '3']],
    [{ term: { k: 'a' } }, ['1', '2']],
    [{ term: { k: { value: 'b' } } }, ['2']],
    [{ term: { 'k.t': 'b' } }, ['2']],
    [{ term: { n: 5 } }, ['2']],
    [{ term: { n: '5' } }, ['2']],
    [{ term: { n: 1.5 } }, []],
    [{ term: { d: '2026-01-02' } }, ['2', '3']],
    [{ term: { ip: '10.0.0.0/8' } }, ['1']],
    [{ term: { ip: '::1' } }, ['2']],
    [{ term: { b: 'true' } }, ['1']],
    [{ term: { f: 3.25 } }, ['3']],
    [{ term: { t: 'hello' } }, ['1', '2']],
    [{ term: { t: 'Hello' } }, []],
    [{ term: { 'fl.p': 'q' } }, ['1']],
    [{ term: { fl: 'q' } }, ['1']],
    [{ term: { ck: 'cc' } }, ['1', '2', '3']],
    [{ term: { ck: 'other' } }, []],
    [{ term: { short: 'abcd' } }, []],
    [{ term: { unmapped: 1 } }, []],
    [{ term: { dyn: 'some' } }, ['2']],
    [{ term: { 'dyn.keyword': 'some Text' } }, ['2']],
    [{ term: { _id: '2' } }, ['2']],
    [{ terms: { k: ['a', 'b', 'zz'] } }, ['1', '2']],
    [{ terms: { n: [1, '2'] } }, ['1', '2']],
    [{ terms: { k: [] } }, []],
    [{ exists: { field: 'n' } }, ['1', '2']],
    [{ exists: { field: 'o' } }, ['1', '2', '3']],
    [{ exists: { field: 'k' } }, ['1', '2', '3']],
    [{ exists: { field: 'short' } }, ['1']],
    [{ exists: { field: 'dyno' } }, ['3']],
    [{ exists: { field: 'zz' } }, []],
    [{ range: { n: { gte: 2 } } }, ['2']],
    [{ range: { n: { gt: 1, lt: 5 } } }, ['2']],
    [{ range: { n: {} } }, ['1', '2']],
    [{ range: { k: { gte: 'b' } } }, ['2']],
    [{ range: { ip: { gte: '10.0.0.0', lt: '10.0.0.2' } } }, ['1']],
    [{ range: { d: { gte: '2026-01-01', lt: '2026-01-02' } } }, ['1']],
    [{ range: { d: { lte: '2026-01' } } }, ['1']],
    [{ range: { d: { gte: 1767312000000 } } }, ['2', '3']],
    [{ range: { d: { lt: 'now-1s', gte: 'now-100y' } } }, ['1', '2', '3']],
    [{ range: { unmapped: { gte: 1 } } }, []],
    [{ bool: { filter: { term: { k: 'a' } }, must_not: [{ term: { n: 1 } }] } }, ['2']],
    [{ bool: { should: [{ term: { n: 1 } }, { term: { f: 3.25 } }] } }, ['1', '3']],
    [{ bool: { filter: [{ match_all: {} }], should: [{ term: { n: 1 } }] } }, ['1', '2', '3']],
    [
      {
        bool: {
          filter: [{ match_all: {} }],
          should: [{ term: { n: 1 } }],
          minimum_should_match: 1,
        },
      },
      ['1'],
    ],
    [{ bool: {} }, ['1', '2', '3']],
    [{ wildcard: { k: '?' } }, ['1', '2']],
  ] as const) {
    test(`${JSON.stringify(query)} finds ${ids.join(', ') || 'nothing'}`, async () => {
      const { status, body } = await search({ query, sort: ['_doc'], _source: false });
      assert.equal(status, 200);
      assert.deepEqual(hits(body, '_id'), ids);
      assert.deepEqual(at(body, 'hits.total'), { value: ids.length, relation: 'eq' });
      const counted = await server.ask('POST', `/${index}/_count`, { query });
      assert.deepEqual(counted.body, {
        count: ids.length,
        _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
      });
    });
  }

  for (const [sort, ids, values] of [
    [[{ n: 'asc' }], ['1', '2', '3'], '[1],[2],[9223372036854775807]'],
    [[{ n: 'desc' }], ['2', '1', '3'], '[5],[1],[-9223372036854775808]'],
    [[{ k: 'asc' }, { n: 'desc' }], ['3', '2', '1'], '["",-9223372036854775808],["a",5],["a",1]'],
    [
      [{ d: 'desc' }, '_doc'],
      ['2', '3', '1'],
      '[1767312000000,1],[1767312000000,2],[1767225600000,0]',
    ],
    [[{ f: 'desc' }], ['3', '2', '1'], '[3.25],[2.0],[1.5]'],
    [[{ b: 'asc' }], ['2', '1', '3'], '[0],[1],[9223372036854775807]'],
    [[{ ip: 'asc' }], ['2', '1', '3'], '["::1"],["10.0.0.1"],[null]'],
    [[{ 'o.a': 'asc' }], ['3', '1', '2'], '["l"],["x"],["y"]'],
    [[{ 'o.a': 'desc' }], ['2', '1', '3'], '["y"],["x"],["m"]'],
    [[{ 'dyn.keyword': 'desc' }], ['2', '1', '3'], '["some Text"],[null],[null]'],
    [
      [{ zz: { order: 'desc', unmapped_type: 'keyword' } }],
      ['1', '2', '3'],
      '[null],[null],[null]',
    ],
  ] as const) {
    test(`sorted by ${JSON.stringify(sort)} the order is ${ids.join(', ')}`, async () => {
      const { body, text } = await search({ sort, _source: false });
      assert.deepEqual(hits(body, '_id'), ids);
      assert.deepEqual(
        [...text.matchAll(/"sort":(\[[^\]]*\])/g)].map(([, list]) => list).join(','),
        values,
      );
      assert.equal(at(body, 'hits.max_score'), null);
    });
  }

  test('search_after goes on behind a hit, in both directions', async () => {
    const up = await search({ sort: [{ n: 'asc' }], search_after: [1], _source: false });
    assert.deepEqual(hits(up.body, '_id'), ['2', '3']);
    assert.deepEqual(at(up.body, 'hits.total.value'), 3);
    const down = await search({ sort: [{ n: 'desc' }], search_after: [5], _source: false });
    assert.deepEqual(hits(down.body, '_id'), ['1', '3']);
    const date = await search({
      sort: [{ d: 'asc' }],
      search_after: ['2026-01-01T00:00:00Z'],
      _source: false,
    });
    assert.deepEqual(hits(date.body, '_id'), ['2', '3']);
    const text = await search({
      sort: [{ 'dyn.keyword': 'asc' }],
      search_after: ['some Text'],
      _source: false,
    });
    assert.deepEqual(hits(text.body, '_id'), ['1', '3']);
  });

  test('from and size cut a page', async () => {
    const { body } = await search({ sort: [{ n: 'asc' }], _source: false, from: 1, size: 1 });
    assert.deepEqual(hits(body, '_id'), ['2']);
  });

  for (const [what, body] of [
    ['an unknown query', '{"query": {"nope": {}}}'],
    ['an unknown query in a clause', '{"query":{"bool":{"must":[{"nope":{}}]}}}'],
    ['an unknown key', '{"nope":1}'],
    ['a term of several values', '{"query":{"term":{"k":["a"]}}}'],
    ['a term of several fields', '{"query":{"term":{"k":"a","n":1}}}'],
    ['terms without a list', '{"query":{"terms":{"k":"a"}}}'],
    ['a range of an unknown kind', '{"query":{"range":{"n":{"nope":1}}}}'],
    ['an empty query', '{"query":{}}'],
    ['two queries in one', '{"query":{"term":{"k":"a"},"match_all":{}}}'],
    ['a clause of bool that it does not have', '{"query":{"bool":{"nope":[]}}}'],
    ['an order that is none', '{"sort":[{"n":"up"}]}'],
    ['a negative size', '{"size":-1}'],
    ['search_after with from', '{"sort":[{"n":"asc"}],"search_after":[1],"from":1}'],
  ] as const) {
    test(`${what} is refused before any index is looked at`, async () => {
      const { status, body: answered } = await search(body);
      assert.equal(status, 400);
      assert.notEqual(at(answered, 'error.type'), 'search_phase_execution_exception');
    });
  }

  const WINDOW =
    'Result window is too large, from + size must be less than or equal to: [10000] but was [10001]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.';
  const FIELDDATA = `Fielddata is disabled on [t] in [${index}]. Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [t] in order to load field data by uninverting the inverted index. Note that this can use significant memory.`;
  for (const [what, body, type, reason] of [
    ['a page beyond the window', { from: 10_000, size: 1 }, 'illegal_argument_exception', WINDOW],
    ['sorting by text', { sort: [{ t: 'asc' }] }, 'illegal_argument_exception', FIELDDATA],
    [
      'sorting by what is not mapped',
      { sort: [{ zz: 'asc' }] },
      'query_shard_exception',
      'No mapping found for [zz] in order to sort on',
    ],
    [
      'sorting by an object',
      { sort: [{ o: 'asc' }] },
      'query_shard_exception',
      'No mapping found for [o] in order to sort on',
    ],
    [
      'a word for a number',
      { query: { term: { n: 'x' } } },
      'query_shard_exception',
      'failed to create query: [x] is no value of the type [long]',
    ],
    [
      'a word for a date',
      { query: { range: { d: { gte: 'nope' } } } },
      'query_shard_exception',
      'failed to create query: failed to parse date field [nope] with format [strict_date_optional_time||epoch_millis]',
    ],
    [
      'search_after without sort',
      { search_after: [1] },
      'illegal_argument_exception',
      'Sort must contain at least one field.',
    ],
    [
      'search_after of another length',
      { sort: ['n'], search_after: [1, 2] },
      'illegal_argument_exception',
      'search_after has 2 value(s) but sort has 1.',
    ],
    [
      'search_after of another type',
      { sort: ['n'], search_after: ['x'] },
      'illegal_argument_exception',
      'Failed to parse search_after value for field [n].',
    ],
  ] as const) {
    test(`${what} fails on the shard`, async () => {
      const answered = await search(body);
      assert.equal(answered.status, 400);
      assert.partialDeepStrictEqual(answered.body, {
        error: {
          root_cause: [{ type, reason }],
          type: 'search_phase_execution_exception',
          reason: 'all shards failed',
          phase: 'query',
          grouped: true,
          failed_shards: [{ shard: 0, index, reason: { type, reason } }],
        },
        status: 400,
      });
    });
  }

  test('a field that only one of two indices can be sorted by leaves a partial answer', async () => {
    const other = server.name('other');
    await server.ask('PUT', `/${other}`, { mappings: { properties: { u: { type: 'long' } } } });
    await server.ask('PUT', `/${other}/_doc/o?refresh=true`, { u: 7 });
    const { status, body } = await server.ask('POST', `/${index},${other}/_search`, {
      sort: ['u'],
    });
    assert.equal(status, 200);
    assert.deepEqual(hits(body, '_id'), ['o']);
    assert.partialDeepStrictEqual(body, {
      _shards: {
        total: 2,
        successful: 1,
        failed: 1,
        failures: [{ index, reason: { reason: 'No mapping found for [u] in order to sort on' } }],
      },
    });
  });

  test('how many hits are counted can be chosen', async () => {
    const total = async (body: unknown): Promise<unknown> =>
      at((await search(body)).body, 'hits.total');
    assert.deepEqual(await total({ size: 0, track_total_hits: 2 }), { value: 2, relation: 'gte' });
    assert.deepEqual(await total({ size: 0, track_total_hits: true }), {
      value: 3,
      relation: 'eq',
    });
    assert.equal(await total({ size: 0, track_total_hits: false }), undefined);
  });

  test('docvalue_fields are sorted and as they are stored', async () => {
    const { body, text } = await search({
      query: { ids: { values: ['2'] } },
      _source: false,
      docvalue_fields: ['k', 'n', 'd', 'f', 'zz'],
    });
    assert.deepEqual(at(body, 'hits.hits.0.fields'), {
      k: ['a', 'b'],
      n: [2, 5],
      d: ['2026-01-02T00:00:00.000Z'],
      f: [2],
    });
    assert.match(text, /"f":\[2\.0\]/);
  });

  test('names may be lists, patterns, and missing', async () => {
    const none = server.name('none');
    const count = async (names: string, query = ''): Promise<unknown> =>
      at((await server.ask('GET', `/${names}/_count${query}`)).body, 'count');
    assert.deepEqual((await server.ask('POST', `/${none}/_search`, {})).body, noIndex(none));
    assert.deepEqual((await server.ask('GET', `/${index},${none}/_count`)).body, noIndex(none));
    assert.equal(await count(`${index},${none}`, '?ignore_unavailable=true'), 3);
    assert.equal(await count(`${index}*`), 3);
    assert.equal(await count(`${none}*`), 0);
    assert.deepEqual(
      (await server.ask('GET', `/${none}*/_count?allow_no_indices=false`)).body,
      noIndex(`${none}*`),
    );
  });

  test('a count takes a query and nothing else', async () => {
    const { body } = await server.ask('POST', `/${index}/_count`, '{"size":1}');
    assert.partialDeepStrictEqual(body, {
      error: { type: 'parsing_exception', reason: 'request does not support [size]' },
      status: 400,
    });
  });

  test('a document is found after a refresh, not before', async () => {
    const late = server.name('late');
    await server.ask('PUT', `/${late}`, {
      settings: { refresh_interval: '-1', number_of_replicas: 0 },
    });
    await server.ask('PUT', `/${late}/_doc/1`, { n: 1 });
    const count = async (): Promise<unknown> =>
      at((await server.ask('GET', `/${late}/_count`)).body, 'count');
    assert.equal(await count(), 0);
    assert.deepEqual((await server.ask('POST', `/${late}/_refresh`)).body, {
      _shards: { total: 1, successful: 1, failed: 0 },
    });
    assert.equal(await count(), 1);
    await server.ask('PUT', `/${late}/_doc/1`, { n: 2 });
    const before = await server.ask('POST', `/${late}/_search`, { query: { term: { n: 1 } } });
    assert.deepEqual(hits(before.body, '_source'), [{ n: 1 }]);
    await server.ask('DELETE', `/${late}/_doc/1`);
    assert.equal(await count(), 1);
    await server.ask('POST', `/${late}/_bulk?refresh=true`, [{ index: { _id: '2' } }, {}]);
    assert.equal(await count(), 1);
    assert.deepEqual(hits((await server.ask('GET', `/${late}/_search`)).body, '_id'), ['2']);
  });
});

describe('near real time in the stand-in', () => {
  const server = useStandIn();
  const count = async (index: string): Promise<unknown> =>
    at((await server.ask('GET', `/${index}/_count`)).body, 'count');
  const advance = (advanceMs: number): Promise<unknown> =>
    server.ask('POST', '/_sim/clock', { advanceMs });

  before(async () => {
    await server.ask('POST', '/_sim/clock', { nowMs: Date.parse('2026-11-24T10:00:00Z') });
  });

  test('the refresh interval passes on the clock', async () => {
    await server.ask('PUT', '/slow', { settings: { refresh_interval: '10s' } });
    await server.ask('PUT', '/slow/_doc/1', {});
    await advance(9_999);
    assert.equal(await count('slow'), 0);
    await advance(1);
    assert.equal(await count('slow'), 1);
  });

  test('what was written after the last periodic refresh waits for the next', async () => {
    await server.ask('PUT', '/ticks', { settings: { refresh_interval: '10s' } });
    await server.ask('PUT', '/ticks/_doc/1', {});
    await advance(12_000);
    await server.ask('PUT', '/ticks/_doc/2', {});
    assert.equal(await count('ticks'), 1);
    await advance(8_000);
    assert.equal(await count('ticks'), 2);
  });

  test('now in a query is the time of the clock', async () => {
    await server.ask('PUT', '/dates', { mappings: { properties: { d: { type: 'date' } } } });
    await server.ask('POST', '/dates/_bulk?refresh=true', [
      { index: { _id: 'old' } },
      { d: '2026-10-01' },
      { index: { _id: 'new' } },
      { d: '2026-11-01' },
    ]);
    const { body } = await server.ask('POST', '/dates/_search', {
      query: { range: { d: { gte: 'now-30d' } } },
    });
    assert.deepEqual(hits(body, '_id'), ['new']);
  });
});

describe('searches over many documents of the stand-in', () => {
  const server = useStandIn();
  const DOCUMENTS = 25_000;

  before(async () => {
    await server.ask('PUT', '/many', {
      settings: { number_of_replicas: 0 },
      mappings: { properties: { n: { type: 'long' }, k: { type: 'keyword' } } },
    });
    const lines: unknown[] = [];
    for (let n = 0; n < DOCUMENTS; n += 1)
      lines.push({ index: { _id: `id-${n}` } }, { n, k: `k${n % 10}` });
    await server.ask('POST', '/many/_bulk?refresh=true', lines);
  });

  test('more than 10,000 hits are counted to 10,000', async () => {
    const { body } = await server.ask('POST', '/many/_search', { size: 0 });
    assert.deepEqual(at(body, 'hits.total'), { value: 10_000, relation: 'gte' });
  });

  test('search_after walks through all documents once', async () => {
    const seen = new Set<unknown>();
    let after: unknown = [-1];
    for (;;) {
      const { body } = await server.ask('POST', '/many/_search', {
        size: 10_000,
        sort: [{ n: 'asc' }],
        search_after: after,
        _source: false,
      });
      const ids = hits(body, '_id');
      if (ids.length === 0) break;
      for (const id of ids) seen.add(id);
      after = hits(body, 'sort').at(-1);
    }
    assert.equal(seen.size, DOCUMENTS);
  });

  test('documents that are replaced again and again stay countable and searchable', async () => {
    for (let round = 0; round < 2; round += 1) {
      const lines: unknown[] = [];
      for (let n = 0; n < DOCUMENTS; n += 1)
        lines.push({ index: { _id: `id-${n}` } }, { n: n + round, k: 'same' });
      await server.ask('POST', '/many/_bulk?refresh=true', lines);
    }
    const same = await server.ask('POST', '/many/_count', { query: { term: { k: 'same' } } });
    assert.equal(at(same.body, 'count'), DOCUMENTS);
    const one = await server.ask('POST', '/many/_search', {
      query: { term: { n: 7 } },
    });
    assert.partialDeepStrictEqual(one.body, {
      hits: { total: { value: 1 }, hits: [{ _id: 'id-6' }] },
    });
  });
});
