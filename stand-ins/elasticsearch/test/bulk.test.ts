import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import {
  at,
  refusal,
  useElasticsearch,
  useStandIn,
  withoutPlace,
} from './elasticsearch-under-test.ts';

const TIME = '2026-11-24T10:00:00.000Z';

describe('bulk requests, to the stand-in or to the server at ES_URL', () => {
  const server = useElasticsearch();
  const stream = `logs-${server.name('bulk')}-default`;
  const index = server.name('index');
  const pipeline = server.name('ingested');
  const document = (id: string): Record<string, unknown> => ({ '@timestamp': TIME, event: { id } });

  before(async () => {
    await server.ask('PUT', `/_ingest/pipeline/${pipeline}`, {
      processors: [{ set: { field: 'event.ingested', copy_from: '_ingest.timestamp' } }],
    });
    await server.ask('PUT', `/_index_template/${server.name('template')}`, {
      index_patterns: [`logs-${server.name('*')}-*`],
      data_stream: {},
      priority: 200,
      template: { settings: { number_of_replicas: 0, 'index.final_pipeline': pipeline } },
    });
    await server.ask('PUT', `/${index}`, { settings: { number_of_replicas: 0 } });
  });

  test('a body is needed, and its last line ends', async () => {
    assert.deepEqual(
      (await server.ask('POST', '/_bulk', '')).body,
      refusal(400, 'parse_exception', 'request body is required'),
    );
    assert.deepEqual(
      (await server.ask('POST', '/_bulk', '{"create":{"_index":"x"}}')).body,
      refusal(
        400,
        'illegal_argument_exception',
        'The bulk request must be terminated by a newline [\\n]',
      ),
    );
  });

  test('without a template for it a required data stream is not there', async () => {
    const none = server.name('no-stream');
    const { status, body } = await server.ask('POST', '/_bulk?require_data_stream=true', [
      { create: { _index: none } },
      document('a'),
    ]);
    assert.equal(status, 200);
    assert.deepEqual(at(body, 'items'), [
      {
        create: {
          _index: none,
          _id: null,
          status: 404,
          error: {
            type: 'index_not_found_exception',
            reason: `no such index [${none}] and the index creation request requires a data stream, but no matching index template with data stream template was found for it`,
            index_uuid: '_na_',
            index: none,
          },
        },
      },
    ]);
  });

  test('creates into a data stream are answered one by one, in order', async () => {
    const { body } = await server.ask('POST', `/_bulk?refresh=true&require_data_stream=true`, [
      { create: { _index: stream, _id: 'a' } },
      document('a'),
      { create: { _index: stream, _id: 'b' } },
      document('b'),
    ]);
    const backing = at(body, 'items.0.create._index');
    assert.match(String(backing), /^\.ds-logs-.*-000001$/);
    const item = (id: string, seqNo: number): unknown => ({
      create: {
        _index: backing,
        _id: id,
        _version: 1,
        result: 'created',
        forced_refresh: true,
        _shards: { total: 1, successful: 1, failed: 0 },
        _seq_no: seqNo,
        _primary_term: 1,
        status: 201,
      },
    });
    assert.partialDeepStrictEqual(body, { errors: false, items: [item('a', 0), item('b', 1)] });
    assert.deepEqual(Object.keys(body as object).sort(), ['errors', 'items', 'took']);
  });

  test('an id that is there is a conflict of its own, the others are stored', async () => {
    const { body } = await server.ask('POST', `/_bulk`, [
      { create: { _index: stream, _id: 'a' } },
      document('a'),
      { create: { _index: stream, _id: 'd' } },
      document('d'),
    ]);
    assert.partialDeepStrictEqual(body, {
      errors: true,
      items: [
        {
          create: {
            _id: 'a',
            status: 409,
            error: {
              type: 'version_conflict_engine_exception',
              reason: '[a]: version conflict, document already exists (current version [1])',
              shard: '0',
            },
          },
        },
        { create: { _id: 'd', status: 201, _seq_no: 2 } },
      ],
    });
  });

  test('a data stream takes no index, delete or update', async () => {
    const { body } = await server.ask('POST', '/_bulk', [
      { index: { _index: stream, _id: 'x' } },
      document('x'),
      { delete: { _index: stream, _id: 'a' } },
      { update: { _index: stream, _id: 'a' } },
      { doc: { n: 2 } },
    ]);
    const refused = (id: string): unknown => ({
      _index: stream,
      _id: id,
      status: 400,
      error: {
        type: 'illegal_argument_exception',
        reason: 'only write ops with an op_type of create are allowed in data streams',
        caused_by: {
          type: 'index_not_found_exception',
          reason: `no such index [${stream}]`,
          'resource.type': 'index_or_alias',
          excluded_ds: 'true',
          'resource.id': stream,
          index_uuid: '_na_',
          index: stream,
        },
      },
    });
    assert.deepEqual(at(body, 'items'), [
      { index: refused('x') },
      { delete: refused('a') },
      { update: refused('a') },
    ]);
  });

  test('a document without time is refused under the id that it would have got', async () => {
    const { body } = await server.ask('POST', `/${stream}/_bulk`, [{ create: {} }, { n: 1 }]);
    assert.equal(at(body, 'items.0.create.status'), 400);
    assert.match(String(at(body, 'items.0.create._id')), /^[\w-]{20}$/);
    assert.match(
      String(at(body, 'items.0.create.error.reason')),
      /failed to parse: data stream timestamp field \[@timestamp\] is missing$/,
    );
  });

  test('a document that breaks off is refused before the pipeline', async () => {
    const text = '{"@timestamp":"2026-11-24T10:00:00Z","n":';
    const { body } = await server.ask('POST', '/_bulk', [
      { create: { _index: stream, _id: 'j1' } },
      text,
    ]);
    assert.partialDeepStrictEqual(at(body, 'items'), [
      {
        create: {
          _index: stream,
          _id: 'j1',
          status: 400,
          error: {
            type: 'x_content_e_o_f_exception',
            caused_by: { type: 'json_e_o_f_exception' },
          },
        },
      },
    ]);
  });

  for (const [what, document] of [
    ['a list', '[1]'],
    ['a field twice', '{"a":1,"a":2}'],
    ['a comma too many', '{"a":1,}'],
    ['an unknown word', '{"a":tru}'],
    ['nothing', ''],
  ] as const) {
    test(`${what} instead of a document is refused, and only that`, async () => {
      const { body } = await server.ask('POST', `/${index}/_bulk`, [
        { index: { _id: 'bad' } },
        document,
        { index: { _id: 'good' } },
        {},
      ]);
      assert.partialDeepStrictEqual(body, {
        errors: true,
        items: [
          { index: { _id: 'bad', status: 400, error: { type: 'document_parsing_exception' } } },
          { index: { _id: 'good' } },
        ],
      });
    });
  }

  for (const [what, lines, type, reason] of [
    [
      'an unknown action',
      ['{"upsert":{}}', '{}'],
      'illegal_argument_exception',
      'Malformed action/metadata line [1], expected field [create], [delete], [index] or [update] but found [upsert]',
    ],
    [
      'an unknown parameter',
      ['{"index":{}}', '{}', '{"index":{"_type":"x"}}', '{}'],
      'illegal_argument_exception',
      'Action/metadata line [3] contains an unknown parameter [_type]',
    ],
    ['an action that breaks off', ['{"index":{"_id":', '{}'], 'x_content_e_o_f_exception', ''],
    [
      'an update of an unknown kind',
      ['{"update":{"_id":"1"}}', '{"doc":{},"nope":1}'],
      'x_content_parse_exception',
      '[UpdateRequest] unknown field [nope]',
    ],
    [
      'no item at all',
      ['{"index":{}}'],
      'action_request_validation_exception',
      'Validation Failed: 1: no requests added;',
    ],
  ] as const) {
    test(`${what} refuses the whole request`, async () => {
      const { status, body } = await server.ask('POST', `/${index}/_bulk`, [...lines]);
      assert.equal(status, 400);
      assert.equal(at(body, 'error.root_cause.0.type'), type);
      const said = withoutPlace(at(body, 'error.root_cause.0.reason'));
      assert.ok(said.startsWith(reason), said);
    });
  }

  test('an id of more than 512 bytes refuses the whole request', async () => {
    const id = 'x'.repeat(513);
    const { body } = await server.ask('POST', '/_bulk', [
      { create: { _index: stream, _id: id } },
      document('x'),
    ]);
    assert.deepEqual(
      body,
      refusal(
        400,
        'action_request_validation_exception',
        `Validation Failed: 1: id [${id}] is too long, must be no longer than 512 bytes but was: 513;`,
      ),
    );
  });

  test('an item needs an index, from itself or from the path', async () => {
    const { body } = await server.ask('POST', '/_bulk', [{ index: {} }, {}]);
    assert.deepEqual(
      body,
      refusal(
        400,
        'action_request_validation_exception',
        'Validation Failed: 1: index is missing;',
      ),
    );
  });

  test('an index without template is made by the first write, with one replica', async () => {
    const plain = server.name('auto');
    const { body } = await server.ask('POST', '/_bulk', [{ create: { _index: plain } }, { a: 1 }]);
    assert.partialDeepStrictEqual(body, {
      errors: false,
      items: [
        { create: { _index: plain, _shards: { total: 2, successful: 1, failed: 0 }, status: 201 } },
      ],
    });
  });

  test('all four actions work on an index, with the versions that they lead to', async () => {
    const { body } = await server.ask('POST', `/${server.name('four')}/_bulk`, [
      { index: { _id: '1' } },
      { a: 1 },
      { index: { _id: '1' } },
      { a: 2 },
      { create: { _id: '1' } },
      { a: 2 },
      { update: { _id: '1' } },
      { doc: { a: 2 } },
      { update: { _id: '1' } },
      { doc: { a: 3 } },
      { update: { _id: '9' } },
      { doc: { a: 3 } },
      { delete: { _id: '9' } },
      { delete: { _id: '1' } },
      { index: { _id: '9', if_seq_no: 99, if_primary_term: 1 } },
      { a: 4 },
    ]);
    const outcomes = (at(body, 'items') as Record<string, Record<string, unknown>>[]).flatMap(
      (item) =>
        Object.entries(item).map(
          ([action, { status, result, _version: version, _seq_no: seqNo, error }]) =>
            [action, status, result ?? at(error, 'type'), version ?? null, seqNo ?? null].join(' '),
        ),
    );
    assert.deepEqual(outcomes, [
      'index 201 created 1 0',
      'index 200 updated 2 1',
      'create 409 version_conflict_engine_exception  ',
      'update 200 noop 2 1',
      'update 200 updated 3 2',
      'update 404 document_missing_exception  ',
      'delete 404 not_found 1 3',
      'delete 200 deleted 4 4',
      'index 409 version_conflict_engine_exception  ',
    ]);
  });

  test('the final pipeline runs whatever pipeline the request names', async () => {
    await server.ask('POST', `/${stream}/_bulk?pipeline=_none&refresh=true`, [
      { create: { _id: 'final' } },
      document('f'),
    ]);
    const { body } = await server.ask('POST', `/${stream}/_search`, {
      query: { ids: { values: ['final'] } },
    });
    assert.match(String(at(body, 'hits.hits.0._source.event.ingested')), /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test('filter_path leaves of an answer what a writer needs', async () => {
    const { body } = await server.ask(
      'POST',
      '/_bulk?filter_path=errors,items.*.status,items.*.error.type',
      [{ create: { _index: stream, _id: 'a' } }, document('a')],
    );
    assert.deepEqual(body, {
      errors: true,
      items: [{ create: { status: 409, error: { type: 'version_conflict_engine_exception' } } }],
    });
  });
});

describe('what the stand-in keeps of a bulk request', () => {
  const server = useStandIn();

  test('a source is stored byte for byte, long integers and odd spacing too', async () => {
    const sources = [
      '{"n":9007199254740993123, "f":1.0,"e":1e3}',
      '{ "u" : "é\\u00e9\\n" , "a" : [ ] }',
    ];
    await server.ask('POST', '/exact/_bulk', [
      { index: { _id: '1' } },
      sources[0],
      { index: { _id: '2' } },
      sources[1],
    ]);
    const { text } = await server.ask('GET', '/_sim/documents?target=exact');
    assert.equal(
      text,
      `{"_index":"exact","_id":"1","_seq_no":0,"_source":${sources[0]}}\n{"_index":"exact","_id":"2","_seq_no":1,"_source":${sources[1]}}\n`,
    );
  });

  test('a stamp of the final pipeline leaves the rest of the text as it was sent', async () => {
    await server.ask('POST', '/_sim/clock', { nowMs: Date.parse('2026-11-24T10:00:00.125Z') });
    await server.ask('PUT', '/_ingest/pipeline/stamp', {
      processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
    });
    await server.ask('PUT', '/stamped', { settings: { 'index.final_pipeline': 'stamp' } });
    await server.ask('POST', '/stamped/_bulk', [
      { index: { _id: '1' } },
      '{"n":9007199254740993123, "event": {"id":"a"}}',
      { index: { _id: '2' } },
      '{"event":{"ingested":"old","id":"b"}}',
      { index: { _id: '3' } },
      '{"f":1.0}',
    ]);
    const { text } = await server.ask('GET', '/_sim/documents?target=stamped');
    const stamp = '"ingested":"2026-11-24T10:00:00.125Z"';
    assert.deepEqual(
      text.split('\n').map((line) => line.replace(/^.*"_source":/, '')),
      [
        `{"n":9007199254740993123, "event": {${stamp},"id":"a"}}}`,
        `{"event":{${stamp},"id":"b"}}}`,
        `{"event":{${stamp}},"f":1.0}}`,
        '',
      ],
    );
  });

  test('an update keeps the integers that it does not touch', async () => {
    await server.ask('PUT', '/updated/_doc/1', '{"big":9007199254740993123,"a":1}');
    await server.ask('POST', '/updated/_update/1', '{"doc":{"a":2,"other":9007199254740993124}}');
    const { text } = await server.ask('GET', '/updated/_doc/1');
    assert.ok(text.includes('{"big":9007199254740993123,"a":2,"other":9007199254740993124}'));
  });
});
