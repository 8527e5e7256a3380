import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import {
  type Answered,
  at,
  hits,
  refusal,
  useElasticsearch,
  useStandIn,
} from './elasticsearch-under-test.ts';

const IMMENSE = 'x'.repeat(32_767);

const TYPES = {
  long: { type: 'long' },
  integer: { type: 'integer' },
  byte: { type: 'byte' },
  double: { type: 'double' },
  float: { type: 'float' },
  boolean: { type: 'boolean' },
  date: { type: 'date' },
  ip: { type: 'ip' },
  ip_range: { type: 'ip_range' },
  keyword: { type: 'keyword' },
  flattened: { type: 'flattened' },
  text: { type: 'text' },
};

const REFUSED = [
  '{"long":"abc"}',
  '{"long":[1,"x"]}',
  '{"long":{"a":1}}',
  '{"long":true}',
  '{"integer":2147483648}',
  '{"byte":300}',
  '{"double":"x"}',
  '{"boolean":"yes"}',
  '{"date":"yesterday"}',
  '{"date":"2026-02-30"}',
  '{"ip":"999"}',
  '{"ip_range":"10.0.0.0/33"}',
  '{"keyword":{"a":1}}',
  '{"text":{"a":1}}',
  `{"flattened":{"a":"${IMMENSE}"}}`,
  `{"keyword":"${IMMENSE}"}`,
];

const TAKEN = [
  '{"long":"1.5"}',
  '{"long":1.7}',
  '{"long":""}',
  '{"long":null}',
  '{"long":[1,[2,null]]}',
  '{"integer":1.5e3}',
  '{"double":"5"}',
  '{"boolean":["true",false,""]}',
  '{"date":1700000000000}',
  '{"date":"2026-11-24T10:00:00.123456789Z"}',
  '{"ip":["::1","10.0.0.1"]}',
  '{"ip_range":{"gte":"10.0.0.1","lte":"10.0.0.9"}}',
  '{"keyword":[1,true,"x"]}',
  `{"keyword":"${IMMENSE.slice(1)}"}`,
  '{"flattened":[{"a":{"b":1}}]}',
  '{"text":5}',
];

describe('field types at write, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const index = server.name('types');
  const send = (document: string, target = index): Promise<Answered> =>
    server.ask('PUT', `/${target}/_doc/1`, document);
  const create = async (
    short: string,
    mappings: unknown,
    settings: Record<string, unknown> = {},
  ): Promise<string> => {
    const name = server.name(short);
    const body = { settings: { number_of_replicas: 0, ...settings }, mappings };
    assert.equal((await server.ask('PUT', `/${name}`, body)).status, 200);
    return name;
  };
  const mappingOf = async (name: string): Promise<unknown> =>
    Object.values((await server.ask('GET', `/${name}/_mapping`)).body as object)[0]?.mappings;

  before(async () => {
    await create('types', { dynamic: false, properties: TYPES });
  });

  for (const document of REFUSED) {
    test(`${document.slice(0, 60)} is refused`, async () => {
      const { status, body } = await send(document);
      assert.deepEqual([status, at(body, 'error.type')], [400, 'document_parsing_exception']);
    });
  }

  for (const document of TAKEN) {
    test(`${document.slice(0, 60)} is stored`, async () => {
      assert.ok((await send(document)).status < 300);
    });
  }

  test('a bad document is refused alone: its neighbours in the bulk are stored', async () => {
    const { body } = await server.ask('POST', `/${index}/_bulk`, [
      { index: { _id: 'a' } },
      { long: 1 },
      { index: { _id: 'b' } },
      { long: 'bad' },
      { index: { _id: 'c' } },
      { long: 3 },
      { update: { _id: 'a' } },
      { doc: { long: 'worse' } },
    ]);
    const items = at(body, 'items') as Record<string, { status: number }>[];
    const statuses = items.map((item) => Object.values(item)[0]?.status);
    assert.deepEqual(statuses, [201, 400, 201, 400]);
    assert.deepEqual(
      at((await server.ask('GET', `/${index}/_doc/a`)).body, '_source'),
      { long: 1 },
      'the refused update changed nothing',
    );
  });

  test('a value where an object is expected is refused', async () => {
    const name = await create('objects', {
      properties: {
        o: { properties: { x: { type: 'keyword' } } },
        n: { type: 'nested', properties: { x: { type: 'long' } } },
        off: { type: 'object', enabled: false },
      },
    });
    for (const document of [
      '{"o":"text"}',
      '{"n":5}',
      '{"o":[{"x":"a"},"b"]}',
      '{"n":[{"x":"q"}]}',
    ])
      assert.equal((await send(document, name)).status, 400, document);
    assert.equal((await send('{"off":{"a":[1,{"b":"c"}]},"o.x":"dotted"}', name)).status, 201);
  });

  test('new fields become what their first values are', async () => {
    const name = await create('dynamic', {});
    const text = { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } };
    const sent =
      '{"a":"text","b":1,"c":1.5,"d":true,"e":"2026-11-24","f":{"g":[]},"h":[{"i":1},{"j":"x"}],"k.l":1,"m":null,"n":["5"]}';
    assert.equal((await send(sent, name)).status, 201);
    assert.deepEqual(await mappingOf(name), {
      properties: {
        a: text,
        b: { type: 'long' },
        c: { type: 'float' },
        d: { type: 'boolean' },
        e: { type: 'date' },
        f: { type: 'object' },
        h: { properties: { i: { type: 'long' }, j: text } },
        k: { properties: { l: { type: 'long' } } },
        n: text,
      },
    });
    assert.equal((await send('{"z":[1,"x"]}', name)).status, 400);
    assert.equal((await send('{"e":"no date"}', name)).status, 400);
    assert.equal((await send('{"new":1,"b":"bad"}', name)).status, 400);
    assert.equal(
      at(await mappingOf(name), 'properties.new'),
      undefined,
      'a refused document adds nothing',
    );
  });

  test('dynamic templates decide by name, path and kind of value', async () => {
    const name = await create('templates', {
      date_detection: false,
      dynamic_templates: [
        {
          ips: {
            match_mapping_type: 'string',
            path_match: ['ip', '*.ip'],
            mapping: { type: 'ip' },
          },
        },
        {
          dates: {
            path_match: '*.created',
            unmatch_mapping_type: 'object',
            mapping: { type: 'date' },
          },
        },
        {
          flat: {
            match_mapping_type: 'object',
            path_match: 'flat*',
            mapping: { type: 'flattened' },
          },
        },
        { words: { match_mapping_type: 'string', mapping: { type: 'keyword', ignore_above: 9 } } },
      ],
    });
    const sent =
      '{"a":{"ip":"::1","created":"2026-11-24","s":"x"},"flat1":{"q":{"r":1}},"d":"2026"}';
    assert.equal((await send(sent, name)).status, 201);
    assert.deepEqual(at(await mappingOf(name), 'properties'), {
      a: {
        properties: {
          created: { type: 'date' },
          ip: { type: 'ip' },
          s: { type: 'keyword', ignore_above: 9 },
        },
      },
      d: { type: 'keyword', ignore_above: 9 },
      flat1: { type: 'flattened' },
    });
    assert.match(
      String(at((await send('{"b":{"ip":"bad"}}', name)).body, 'error.reason')),
      /^failed to parse field \[b\.ip\] of type \[ip\]/,
    );
  });

  test('dynamic strict refuses, false leaves alone, runtime maps without indexing', async () => {
    const strict = await create('strict', {
      dynamic: 'strict',
      properties: { a: { type: 'long' } },
    });
    assert.deepEqual(
      (await send('{"a":1,"b":null}', strict)).body,
      refusal(
        400,
        'strict_dynamic_mapping_exception',
        'mapping set to strict, dynamic introduction of [b] within [_doc] is not allowed',
      ),
    );
    const off = await create('false', { dynamic: false, properties: { a: { type: 'long' } } });
    assert.equal((await send('{"a":1,"b":{"c":"x"}}', off)).status, 201);
    assert.deepEqual(await mappingOf(off), {
      dynamic: 'false',
      properties: { a: { type: 'long' } },
    });
    const runtime = await create('runtime', { dynamic: 'runtime' });
    assert.equal((await send('{"a":1,"b":{"c":"x"},"d":1.5}', runtime)).status, 201);
    assert.deepEqual(await mappingOf(runtime), {
      dynamic: 'runtime',
      runtime: { a: { type: 'long' }, 'b.c': { type: 'keyword' }, d: { type: 'double' } },
    });
  });

  test('a field that is mapped later finds the documents that are written from then on', async () => {
    const name = await create('later', { dynamic: false, properties: {} });
    await server.ask('PUT', `/${name}/_doc/before?refresh=true`, { k: 'x' });
    await server.ask('PUT', `/${name}/_mapping`, { properties: { k: { type: 'keyword' } } });
    await server.ask('PUT', `/${name}/_doc/after?refresh=true`, { k: 'x' });
    const query = { query: { term: { k: 'x' } } };
    const found = await server.ask('POST', `/${name}/_search`, query);
    assert.deepEqual(hits(found.body, '_id'), ['after']);
    await server.ask('PUT', `/${name}/_doc/before?refresh=true`, { k: 'x' });
    const again = await server.ask('POST', `/${name}/_search`, query);
    assert.deepEqual(hits(again.body, '_id').map(String).toSorted(), ['after', 'before']);
  });

  test('a field that is stored only cannot be searched, sorted or counted by', async () => {
    const name = await create('stored', {
      properties: { k: { type: 'keyword', index: false, doc_values: false } },
    });
    await server.ask('PUT', `/${name}/_doc/1?refresh=true`, { k: 'x' });
    const causeOf = async (body: unknown): Promise<unknown> =>
      at((await server.ask('POST', `/${name}/_search`, body)).body, 'error.root_cause.0.reason');
    assert.equal(
      await causeOf({ query: { term: { k: 'x' } } }),
      'Cannot search on field [k] since it is not indexed nor has doc values.',
    );
    const noDocValues = "Can't load fielddata on [k] without doc values";
    assert.equal(await causeOf({ sort: ['k'] }), noDocValues);
    assert.equal(await causeOf({ aggs: { k: { terms: { field: 'k' } } } }), noDocValues);
    const exists = { query: { exists: { field: 'k' } } };
    assert.deepEqual(hits((await server.ask('POST', `/${name}/_search`, exists)).body, '_id'), []);
  });

  test('too many fields are refused, or stored without being indexed where the index says so', async () => {
    const properties = { a: { type: 'keyword' }, b: { type: 'keyword' } };
    const limit = { 'index.mapping.total_fields.limit': 3 };
    const hard = await create('limit', { properties }, limit);
    assert.equal((await send('{"a":"x","c":1}', hard)).status, 201);
    assert.equal(
      at((await send('{"a":"x","d":1}', hard)).body, 'error.reason'),
      'failed to parse: Limit of total fields [3] has been exceeded',
    );
    const soft = await create(
      'soft-limit',
      { properties },
      { ...limit, 'index.mapping.total_fields.ignore_dynamic_beyond_limit': true },
    );
    await server.ask('PUT', `/${soft}/_doc/1?refresh=true`, {
      a: 'x',
      c: 'text',
      d: 1,
      e: { f: 1 },
    });
    const { body } = await server.ask('POST', `/${soft}/_search`, {
      query: { exists: { field: '_ignored' } },
    });
    assert.deepEqual(hits(body, '_ignored'), [['c', 'e']]);
    const found = await server.ask('POST', `/${soft}/_search`, { query: { term: { 'e.f': 1 } } });
    assert.deepEqual(hits(found.body, '_id'), [], 'what is ignored is not found');
  });

  test('ignore_malformed stores a document without indexing its bad values, but not every badness', async () => {
    const name = await create(
      'malformed',
      {
        properties: {
          n: { type: 'long' },
          d: { type: 'date' },
          hard: { type: 'long', ignore_malformed: false },
          k: { type: 'keyword', ignore_above: 3 },
          t: { type: 'text', fields: { n: { type: 'long' } } },
        },
      },
      { 'index.mapping.ignore_malformed': true },
    );
    const sent = { n: ['x', 5, 'y'], d: 'x', k: 'long text', t: 'word' };
    await server.ask('PUT', `/${name}/_doc/1?refresh=true`, sent);
    const { body } = await server.ask('POST', `/${name}/_search`, {
      docvalue_fields: ['n', 'k'],
    });
    assert.deepEqual(hits(body, '_ignored'), [['d', 'k', 'n', 't.n']]);
    assert.deepEqual(hits(body, 'fields'), [{ n: [5] }]);
    assert.equal((await send('{"hard":"x"}', name)).status, 400);
    assert.equal((await send('{"n":{"a":1}}', name)).status, 400);
  });
});

describe('field types at write, of the stand-in alone', () => {
  const server = useStandIn();

  test('a constant keyword takes its first value and no other, and the mapping shows it', async () => {
    const name = server.name('constant');
    await server.ask('PUT', `/${name}`, {
      mappings: { properties: { ck: { type: 'constant_keyword' } } },
    });
    assert.equal((await server.ask('PUT', `/${name}/_doc/1`, { ck: 'first' })).status, 201);
    const { body } = await server.ask('PUT', `/${name}/_doc/2`, { ck: 'other' });
    assert.equal(at(body, 'error.type'), 'document_parsing_exception');
    const mapping = await server.ask('GET', `/${name}/_mapping`);
    const shown = Object.values(mapping.body as object)[0] as unknown;
    assert.deepEqual(at(shown, 'mappings.properties.ck'), {
      type: 'constant_keyword',
      value: 'first',
    });
  });

  test('other types, and queries that a type does not have here, are refused', async () => {
    const put = (type: string): Promise<Answered> =>
      server.ask('PUT', `/${type}`, { mappings: { properties: { a: { type } } } });
    assert.equal((await put('geo_point')).status, 400);
    assert.equal((await put('ip_range')).status, 200);
    const query = { query: { range: { a: { gte: '10.0.0.1' } } } };
    assert.equal((await server.ask('POST', '/ip_range/_search', query)).status, 501);
  });
});
