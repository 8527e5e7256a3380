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

/** A value, the field and type that the message names, the position in the message, and the cause. */
type Refused = readonly [document: string, position: string, preview: string, cause: unknown];

const illegal = (reason: string): unknown => ({ type: 'illegal_argument_exception', reason });
const notDate = (value: string): unknown => ({
  ...(illegal(
    `failed to parse date field [${value}] with format [strict_date_optional_time||epoch_millis]`,
  ) as object),
  caused_by: {
    type: 'date_time_parse_exception',
    reason: 'Failed to parse with all enclosed parsers',
  },
});
const reader = (type: string, position: string, reason: string): unknown => ({
  type: 'x_content_parse_exception',
  reason: `[${position}] ${reason}`,
  caused_by: { type, reason },
});
/** A real server quotes the document in the words of its reader. */
const withoutQuotation = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body).replaceAll(/\\n at \[Source: .*?column: \d+\]/g, ''));

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
  flattened: { type: 'flattened', depth_limit: 2 },
  text: { type: 'text' },
};

const REFUSED: readonly Refused[] = [
  ['{"long":"abc"}', '1:9', 'abc', illegal('For input string: "abc"')],
  ['{"long":[1,"x"]}', '1:12', 'x', illegal('For input string: "x"')],
  ['{"long":{"a":1}}', '1:15', '{a=1}', illegal('Cannot parse object as number')],
  [
    '{"long":"9223372036854775808"}',
    '1:9',
    '9223372036854775808',
    illegal('Value [9223372036854775808] is out of range for a long'),
  ],
  [
    '{"long":true}',
    '1:9',
    'true',
    reader(
      'json_parse_exception',
      '1:13',
      'Current token (VALUE_TRUE) not numeric, can not use numeric value accessors',
    ),
  ],
  [
    '{"integer":2147483648}',
    '1:12',
    '2147483648',
    reader(
      'input_coercion_exception',
      '1:22',
      'Numeric value (2147483648) out of range of int (-2147483648 - 2147483647)',
    ),
  ],
  ['{"byte":300}', '1:9', '300', illegal('Value [300] is out of range for a byte')],
  [
    '{"double":"x"}',
    '1:11',
    'x',
    { type: 'number_format_exception', reason: 'For input string: "x"' },
  ],
  [
    '{"float":1e39}',
    '1:10',
    'Infinity',
    illegal('[float] supports only finite values, but got [Infinity]'),
  ],
  [
    '{"boolean":"yes"}',
    '1:12',
    'yes',
    illegal('Failed to parse value [yes] as only [true] or [false] are allowed.'),
  ],
  ['{"date":"yesterday"}', '1:9', 'yesterday', notDate('yesterday')],
  [
    '{"date":"2026-02-30"}',
    '1:9',
    '2026-02-30',
    { type: 'date_time_exception', reason: "Invalid date 'FEBRUARY 30'" },
  ],
  ['{"ip":"999"}', '1:7', '999', illegal("'999' is not an IP string literal.")],
  [
    '{"ip_range":"10.0.0.0/33"}',
    '1:13',
    '10.0.0.0/33',
    illegal(
      'Illegal prefix length [33] in [10.0.0.0/33]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges',
    ),
  ],
  ['{"keyword":{"a":1}}', '1:18', '{a=1}', illegal('Expected text at 1:12 but found START_OBJECT')],
  ['{"text":{"a":1}}', '1:15', '{a=1}', illegal('Expected text at 1:9 but found START_OBJECT')],
  [
    '{"flattened":{"a":{"b":{"c":1}}}}',
    '1:30',
    '{c=1}',
    illegal('The provided [flattened] field [flattened] exceeds the maximum depth limit of [2].'),
  ],
  [
    `{"flattened":{"a":"${IMMENSE}"}}`,
    '1:19',
    IMMENSE,
    illegal(
      'Flattened field [flattened] contains one immense field whose keyed encoding is longer than the allowed max length of 32766 bytes. Key length: 1, value length: 32767 for key starting with [a]',
    ),
  ],
  [
    `{"keyword":"${IMMENSE}"}`,
    '1:12',
    IMMENSE,
    illegal(
      `Document contains at least one immense term in field="keyword" (whose UTF8 encoding is longer than the max length 32766), all of which were skipped. Please correct the analyzer to not produce such terms. The prefix of the first immense term is: '[${Array.from({ length: 30 }, () => 120).join(', ')}]...'`,
    ),
  ],
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

  for (const [document, position, preview, cause] of REFUSED) {
    const field = /"(\w+)"/.exec(document)?.[1] ?? '';
    test(`${document.slice(0, 60)} is refused with the cause`, async () => {
      const reason = `[${position}] failed to parse field [${field}] of type [${field}] in document with id '1'. Preview of field's value: '${preview}'`;
      const { status, body } = await send(document);
      assert.equal(status, 400);
      assert.deepEqual(withoutQuotation(at(body, 'error')), {
        root_cause: [{ type: 'document_parsing_exception', reason }],
        type: 'document_parsing_exception',
        reason,
        caused_by: cause,
      });
    });
  }

  for (const document of TAKEN) {
    test(`${document.slice(0, 60)} is stored`, async () => {
      assert.ok((await send(document)).status < 300);
    });
  }

  test('a flattened field refuses what is no object, and the root cause says so', async () => {
    const { body } = await send('{"flattened":"x"}');
    const cause = {
      type: 'parsing_exception',
      reason:
        'Failed to parse object: expecting token of type [START_OBJECT] but found [VALUE_STRING]',
      line: 1,
      col: 14,
    };
    assert.deepEqual(at(body, 'error.root_cause'), [cause]);
    assert.deepEqual(at(body, 'error.caused_by'), cause);
  });

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
    const concrete = (position: string, field: string, shown: string): unknown =>
      refusal(
        400,
        'document_parsing_exception',
        `[${position}] object mapping for [${field}] tried to parse field [${shown}] as object, but found a concrete value`,
      );
    assert.deepEqual((await send('{"o":"text"}', name)).body, concrete('1:6', 'o', 'o'));
    assert.deepEqual((await send('{"n":5}', name)).body, concrete('1:6', 'n', 'n'));
    assert.deepEqual(
      (await send('{"o":[{"x":"a"},"b"]}', name)).body,
      concrete('1:17', 'o', 'null'),
    );
    assert.match(
      String(at((await send('{"n":[{"x":1},{"x":"q"}]}', name)).body, 'error.reason')),
      /^\[1:20\] failed to parse field \[n\.x\] of type \[long\]/,
    );
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
    assert.deepEqual(
      (await send('{"z":[1,"x"]}', name)).body,
      refusal(
        400,
        'illegal_argument_exception',
        'mapper [z] cannot be changed from type [long] to [text]',
      ),
    );
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
        { flat: { match_mapping_type: 'object', match: 'flat*', mapping: { type: 'flattened' } } },
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
      /^\[1:12\] failed to parse field \[b\.ip\] of type \[ip\]/,
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
        '[1:12] mapping set to strict, dynamic introduction of [b] within [_doc] is not allowed',
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
      'failed to create query: Cannot search on field [k] since it is not indexed nor has doc values.',
    );
    const noDocValues =
      "Can't load fielddata on [k] because fielddata is unsupported on fields of type [keyword]. Use doc values instead.";
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
      '[1:14] failed to parse: Limit of total fields [3] has been exceeded while adding new fields [1]',
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
    const { body } = await server.ask('POST', `/${name}/_search`, { fields: ['n', 'k'] });
    assert.deepEqual(hits(body, '_ignored'), [['d', 'k', 'n', 't.n']]);
    assert.deepEqual(hits(body, 'fields'), [{ n: [5] }]);
    assert.deepEqual(hits(body, 'ignored_field_values'), [{ k: ['long text'], n: ['x', 'y'] }]);
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
    assert.equal(at(body, 'error.caused_by.type'), 'illegal_argument_exception');
    const mapping = await server.ask('GET', `/${name}/_mapping`);
    const shown = Object.values(mapping.body as object)[0] as unknown;
    assert.deepEqual(at(shown, 'mappings.properties.ck'), {
      type: 'constant_keyword',
      value: 'first',
    });
  });

  test('values and queries of types that are not checked are a loud 501', async () => {
    await server.ask('PUT', '/loud', {
      mappings: { properties: { g: { type: 'geo_point' }, r: { type: 'ip_range' } } },
    });
    const bulk = await server.ask('POST', '/loud/_bulk', [
      { index: { _id: 'a' } },
      { g: '1,2' },
      { index: { _id: 'b' } },
      { r: '10.0.0.0/8' },
    ]);
    assert.equal(at(bulk.body, 'items.0.index.status'), 501);
    assert.equal(at(bulk.body, 'items.1.index.status'), 201);
    const query = { query: { range: { r: { gte: '10.0.0.1' } } } };
    assert.equal((await server.ask('POST', '/loud/_search', query)).status, 501);
  });
});
