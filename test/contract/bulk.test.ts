import assert from 'node:assert/strict';
import { before, describe } from 'node:test';

import { type Answered, at } from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, refused, useServer } from './server-under-contract.ts';

const TIME = '2026-11-24T10:00:00.000Z';

describe('contract: bulk requests to a data stream', () => {
  const server = useServer();
  const stream = server.stream('bulk');
  const bulk = (lines: readonly unknown[], parameters = ''): Promise<Answered> =>
    server.ask('POST', `/${stream}/_bulk?require_data_stream=true${parameters}`, lines);
  const create = (_id: string, more: Record<string, unknown> = {}): unknown[] => [
    { create: { _id } },
    { '@timestamp': TIME, ...more },
  ];
  const items = ({ body }: Answered): unknown[] => at(body, 'items') as unknown[];

  before(async () => {
    await server.must('PUT', `/_ingest/pipeline/${server.name('stamp')}`, {
      processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
    });
    await server.must('PUT', `/_index_template/${server.name('bulk')}`, {
      index_patterns: [`logs-${server.name('*')}`],
      priority: 200,
      data_stream: {},
      template: {
        settings: {
          number_of_replicas: 0,
          default_pipeline: '_none',
          final_pipeline: server.name('stamp'),
        },
        mappings: {
          dynamic: 'strict',
          properties: {
            n: { type: 'long' },
            name: { type: 'keyword' },
            at: { type: 'date' },
            ip: { type: 'ip' },
            event: { properties: { ingested: { type: 'date' } } },
          },
        },
      },
    });
  });

  contract('create makes the data stream and stores each document once', [], async () => {
    const answered = await bulk([...create('a', { n: 1 }), ...create('b'), ...create('a')]);
    assert.equal(answered.status, 200);
    assert.equal(at(answered.body, 'errors'), true);
    const results = items(answered).map((item) => [
      at(item, 'create._id'),
      at(item, 'create.status'),
      at(item, 'create.error.type'),
    ]);
    assert.deepEqual(results, [
      ['a', 201, undefined],
      ['b', 201, undefined],
      ['a', 409, 'version_conflict_engine_exception'],
    ]);
    const [first] = items(answered);
    assert.match(String(at(first, 'create._index')), new RegExp(`^\\.ds-${stream}-.*-000001$`));
    assert.deepEqual(
      [at(first, 'create.result'), at(first, 'create._version'), at(first, 'create._seq_no')],
      ['created', 1, 0],
    );
  });

  contract(
    'filter_path returns the requested parts, and errors as null if there are none',
    [],
    async () => {
      const path = '&filter_path=errors,items.*._id,items.*.status,items.*.error.type';
      const { body } = await bulk([...create('f1'), ...create('f1')], path);
      assert.deepEqual(body, {
        errors: true,
        items: [
          { create: { _id: 'f1', status: 201 } },
          {
            create: {
              _id: 'f1',
              status: 409,
              error: { type: 'version_conflict_engine_exception' },
            },
          },
        ],
      });
    },
  );

  contract('only create is accepted', [], async () => {
    const answered = await server.ask('POST', `/${stream}/_bulk`, [
      { index: { _id: 'x' } },
      { '@timestamp': TIME },
      { update: { _id: 'x' } },
      { doc: {} },
      { delete: { _id: 'x' } },
      ...create('after'),
    ]);
    assert.deepEqual(
      items(answered).map(
        (item) => Object.values(item as object).map((one) => at(one, 'status'))[0],
      ),
      [400, 400, 400, 201],
    );
    const words = 'only write ops with an op_type of create are allowed in data streams';
    assert.equal(at(items(answered)[0], 'index.error.reason'), words);
  });

  for (const [what, more, type] of [
    ['a text in a number', { n: 'many' }, 'document_parsing_exception'],
    ['a text in a date', { at: 'yesterday' }, 'document_parsing_exception'],
    ['a text in an address', { ip: 'here' }, 'document_parsing_exception'],
    ['an object in a keyword', { name: { first: 'x' } }, 'document_parsing_exception'],
    [
      'a field that a strict mapping does not have',
      { other: 1 },
      'strict_dynamic_mapping_exception',
    ],
    ['a term that is too long', { name: 'x'.repeat(40_000) }, 'document_parsing_exception'],
    ['two times', { '@timestamp': [TIME, TIME] }, 'document_parsing_exception'],
    ['no time', { '@timestamp': undefined }, 'document_parsing_exception'],
  ] as const) {
    contract(`${what} is refused, and the other documents are stored`, [], async () => {
      const id = what.replaceAll(' ', '-');
      const answered = await bulk([
        ...create(`${id}-1`),
        ...create(`${id}-2`, more),
        ...create(`${id}-3`),
      ]);
      assert.deepEqual(
        items(answered).map((item) => at(item, 'create.status')),
        [201, 400, 201],
      );
      assert.equal(at(items(answered)[1], 'create.error.type'), type);
    });
  }

  contract('an id of more than 512 bytes fails the whole request', [], async () => {
    const answered = await bulk([...create('ok-before-long'), ...create('i'.repeat(513))]);
    const whole = answered.status === 400;
    const item = at(items(answered)?.[1], 'create.status') === 400;
    assert.ok(whole || item, answered.text);
  });

  contract('a line that is no JSON gives one refused document or a bad request', [], async () => {
    const document = await bulk([...create('good'), { create: { _id: 'bad' } }, '{"a":']);
    assert.deepEqual(
      items(document).map((item) => at(item, 'create.status')),
      [201, 400],
    );
    assert.equal((await bulk(['{"create":', '{}'])).status, 400);
    assert.equal((await server.ask('POST', '/_bulk', '')).status, 400);
    assert.equal((await server.ask('POST', `/${stream}/_bulk`, '{"create":{}}\n{}')).status, 400);
  });

  contract('require_data_stream prevents the creation of a plain index', [], async () => {
    const name = server.name('no-template-here');
    const answered = await server.ask('POST', `/${name}/_bulk?require_data_stream=true`, [
      { create: { _id: 'a' } },
      { '@timestamp': TIME },
    ]);
    assert.equal(at(items(answered)[0], 'create.status'), 404);
    assert.equal(at(items(answered)[0], 'create.error.type'), 'index_not_found_exception');
    assert.match(
      String(at(items(answered)[0], 'create.error.reason')),
      /the index creation request requires a data stream, but no matching index template/,
    );
    assert.equal((await server.ask('HEAD', `/${name}`)).status, 404);
  });

  contract(
    'the final pipeline runs for every document, and the default pipeline is off',
    [],
    async () => {
      await bulk(create('stamped'), '&refresh=true');
      const { body } = await server.ask('POST', `/${stream}/_search`, {
        query: { ids: { values: ['stamped'] } },
      });
      const ingested = String(at(body, 'hits.hits.0._source.event.ingested'));
      assert.match(ingested, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$/);
    },
  );

  contract('the same id is accepted again after a rollover', [], async () => {
    const again = async (): Promise<unknown> =>
      at(items(await bulk(create('twice')))[0], 'create.status');
    assert.equal(await again(), 201);
    assert.equal(await again(), 409);
    await server.must('POST', `/${stream}/_rollover`);
    assert.equal(await again(), 201);
    await server.must('POST', `/${stream}/_refresh`);
    const { body } = await server.ask('POST', `/${stream}/_search`, {
      query: { ids: { values: ['twice'] } },
      _source: false,
    });
    assert.equal(at(body, 'hits.total.value'), 2);
  });

  contract('a data stream has no document that can be read by its `_id`', [], async () => {
    assert.deepEqual(refused(await server.ask('GET', `/${stream}/_doc/a`)), [
      404,
      'index_not_found_exception',
    ]);
  });

  contract(
    'a document of a backing index can be replaced, changed and deleted by its index',
    [],
    async () => {
      const answered = await bulk(create('mine', { n: 1 }), '&refresh=true');
      const [item] = items(answered);
      const index = String(at(item, 'create._index'));
      const seqNo = String(at(item, 'create._seq_no'));
      const term = String(at(item, 'create._primary_term'));
      const changed = await server.ask('POST', `/${index}/_update/mine`, { doc: { n: 2 } });
      assert.deepEqual([changed.status, at(changed.body, 'result')], [200, 'updated']);
      const stale = await server.ask(
        'PUT',
        `/${index}/_doc/mine?if_seq_no=${seqNo}&if_primary_term=${term}`,
        { '@timestamp': TIME },
      );
      assert.deepEqual(refused(stale), [409, 'version_conflict_engine_exception']);
      const guard = `if_seq_no=${String(at(changed.body, '_seq_no'))}&if_primary_term=${term}`;
      const replaced = await server.ask('PUT', `/${index}/_doc/mine?${guard}`, {
        '@timestamp': TIME,
      });
      assert.deepEqual([replaced.status, at(replaced.body, 'result')], [200, 'updated']);
      const removed = await server.ask('POST', `/${index}/_bulk`, [{ delete: { _id: 'mine' } }]);
      assert.deepEqual(
        [at(items(removed)[0], 'delete.status'), at(items(removed)[0], 'delete.result')],
        [200, 'deleted'],
      );
    },
  );
});
