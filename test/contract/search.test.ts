import assert from 'node:assert/strict';
import { before, describe } from 'node:test';

import {
  type Answered,
  at,
  hits,
} from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, refused, useServer } from './server-under-contract.ts';

describe('contract: searches', () => {
  const server = useServer();
  const index = server.name('searched');
  const search = (body: unknown, path = `/${index}/_search`): Promise<Answered> =>
    server.ask('POST', path, body);
  const ids = async (query: unknown): Promise<string[]> => {
    const { body } = await search({ query, sort: ['id'], size: 100 });
    return hits(body, '_id').map(String).toSorted();
  };

  before(async () => {
    await server.must('PUT', `/${index}`, {
      settings: { number_of_replicas: 0 },
      mappings: {
        properties: {
          id: { type: 'keyword', fields: { number: { type: 'long', ignore_malformed: true } } },
          created: { type: 'date' },
          n: { type: 'long' },
          kind: { type: 'keyword' },
          text: { type: 'text' },
        },
      },
    });
    const documents = [
      { id: '9', created: '2026-11-01T00:00:00Z', n: 1, kind: 'a' },
      { id: '9', created: '2026-11-03T00:00:00Z', n: 2, kind: 'a' },
      { id: '10', created: '2026-11-02T00:00:00Z', n: 3, kind: 'b' },
      {
        id: '100',
        created: '2026-11-04T00:00:00.123Z',
        n: 9_007_199_254_740_000,
        kind: ['a', 'b'],
      },
      { id: 'no number', created: '2026-11-05T00:00:00Z', text: 'some words' },
    ];
    await server.must(
      'POST',
      `/${index}/_bulk?refresh=true`,
      documents.flatMap((one, place) => [{ index: { _id: `d${place}` } }, one]),
    );
  });

  contract('terms find any of the values', [], async () => {
    assert.deepEqual(await ids({ terms: { id: ['9', '100', 'none'] } }), ['d0', 'd1', 'd3']);
  });

  contract('ids find documents by their id', [], async () => {
    assert.deepEqual(await ids({ ids: { values: ['d0', 'd4', 'none'] } }), ['d0', 'd4']);
  });

  contract('exists finds documents with a field, and its negation those without', [], async () => {
    assert.deepEqual(await ids({ exists: { field: 'text' } }), ['d4']);
    assert.deepEqual(await ids({ bool: { must_not: { exists: { field: 'n' } } } }), ['d4']);
  });

  contract('a range of dates includes its lower end but not its upper end', [], async () => {
    const range = { gte: '2026-11-02T00:00:00Z', lt: '2026-11-04T00:00:00.123Z' };
    assert.deepEqual(await ids({ range: { created: range } }), ['d1', 'd2']);
    assert.deepEqual(await ids({ range: { created: { gt: 'now+100y' } } }), []);
    const millis = { lt: String(Date.parse('2026-11-02T00:00:00Z')), format: 'epoch_millis' };
    assert.deepEqual(await ids({ range: { created: millis } }), ['d0']);
  });

  contract(
    'a range over the number of a text orders 9 before 10, and ignores words',
    [],
    async () => {
      assert.deepEqual(await ids({ range: { 'id.number': { gt: 9, lte: 100 } } }), ['d2', 'd3']);
      const { body } = await search({
        query: { exists: { field: 'id.number' } },
        sort: [{ 'id.number': 'asc' }, { created: 'asc' }],
        size: 10,
      });
      assert.deepEqual(hits(body, '_id'), ['d0', 'd1', 'd2', 'd3']);
    },
  );

  contract('collapse returns the newest document of each value', [], async () => {
    const { status, text, body } = await search({
      query: { terms: { id: ['9', '10'] } },
      collapse: { field: 'id' },
      sort: [{ created: 'desc' }],
      _source: false,
      docvalue_fields: ['id', 'n', { field: 'created', format: 'strict_date_time' }],
    });
    assert.equal(status, 200, text);
    const found = (at(body, 'hits.hits') as unknown[]).map((hit) => [
      at(hit, '_id'),
      at(hit, 'fields'),
    ]);
    assert.deepEqual(found, [
      ['d1', { id: ['9'], n: [2], created: ['2026-11-03T00:00:00.000Z'] }],
      ['d2', { id: ['10'], n: [3], created: ['2026-11-02T00:00:00.000Z'] }],
    ]);
  });

  contract('search_after continues after the last hit with two sort keys', [], async () => {
    const page = async (after?: unknown): Promise<Answered> =>
      search({
        size: 2,
        sort: [{ id: 'asc' }, { created: 'desc' }],
        track_total_hits: false,
        ...(after === undefined ? {} : { search_after: after }),
      });
    const seen: unknown[] = [];
    let after: unknown;
    for (;;) {
      const { body } = await page(after);
      const found = at(body, 'hits.hits') as unknown[];
      assert.equal(at(body, 'hits.total'), undefined);
      if (found.length === 0) break;
      seen.push(...hits(body, '_id'));
      after = at(found.at(-1), 'sort');
    }
    assert.deepEqual(seen, ['d2', 'd3', 'd1', 'd0', 'd4']);
  });

  contract('a point in time does not see later writes', [], async () => {
    const opened = await server.ask('POST', `/${index}/_pit?keep_alive=1m`);
    assert.equal(opened.status, 200, opened.text);
    const id = at(opened.body, 'id');
    await server.must('PUT', `/${index}/_doc/later?refresh=true`, { id: 'later' });
    const page = async (after?: unknown): Promise<Answered> =>
      search(
        {
          size: 3,
          pit: { id, keep_alive: '1m' },
          sort: [{ _shard_doc: 'asc' }],
          ...(after === undefined ? {} : { search_after: after }),
        },
        '/_search',
      );
    const first = await page();
    assert.equal(typeof at(first.body, 'pit_id'), 'string');
    const second = await page(at(first.body, 'hits.hits.2.sort'));
    assert.deepEqual(
      [first, second].flatMap(({ body }) => hits(body, '_id').map(String)).toSorted(),
      ['d0', 'd1', 'd2', 'd3', 'd4'],
    );
    const closed = await server.ask('DELETE', '/_pit', { id });
    assert.deepEqual(closed.body, { succeeded: true, num_freed: 1 });
    const gone = await page();
    assert.equal(gone.status, 404);
    assert.match(gone.text, /search_context_missing_exception/);
    await server.must('DELETE', `/${index}/_doc/later?refresh=true`);
  });

  contract('counts are exact, and totals are exact if the request asks for it', [], async () => {
    const counted = await server.ask('POST', `/${index}/_count`, {
      query: { term: { kind: 'a' } },
    });
    assert.equal(at(counted.body, 'count'), 3);
    const { body } = await search({ size: 0, track_total_hits: true });
    assert.deepEqual(at(body, 'hits.total'), { value: 5, relation: 'eq' });
  });

  contract(
    'a missing alias is an error, or gives nothing if the request ignores it',
    [],
    async () => {
      const none = server.name('none');
      assert.deepEqual(refused(await search({}, `/${none}/_search`)), [
        404,
        'index_not_found_exception',
      ]);
      const asked = await search({}, `/${none}/_search?ignore_unavailable=true`);
      assert.deepEqual([asked.status, hits(asked.body, '_id')], [200, []]);
      const counted = await server.ask('POST', `/${none}/_count?ignore_unavailable=true`, {});
      assert.equal(at(counted.body, 'count'), 0);
    },
  );

  contract('a sort by an unmapped field needs a type for it', [], async () => {
    assert.equal((await search({ sort: ['absent'] })).status, 400);
    const sort = [{ absent: { order: 'desc', unmapped_type: 'long' } }];
    assert.equal((await search({ sort })).status, 200);
  });

  contract('an unknown query and too deep a page are refused', [], async () => {
    assert.deepEqual(refused(await search({ query: { termz: {} } })), [400, 'parsing_exception']);
    assert.equal((await search({ from: 10_000, size: 10 })).status, 400);
  });

  contract('terms and composite group documents', ['aggregations'], async () => {
    const { body } = await search({
      size: 0,
      aggs: {
        kinds: { terms: { field: 'kind' } },
        pairs: {
          composite: { size: 2, sources: [{ id: { terms: { field: 'id' } } }] },
          aggs: { last: { max: { field: 'created' } } },
        },
      },
    });
    assert.deepEqual(
      (at(body, 'aggregations.kinds.buckets') as unknown[]).map((bucket) => [
        at(bucket, 'key'),
        at(bucket, 'doc_count'),
      ]),
      [
        ['a', 3],
        ['b', 2],
      ],
    );
    assert.deepEqual(at(body, 'aggregations.pairs.after_key'), { id: '100' });
  });

  contract(
    'a range of dates up to now shows the clock of the server',
    ['aggregations'],
    async () => {
      const { body } = await search({
        size: 0,
        aggs: { clock: { date_range: { field: 'created', ranges: [{ to: 'now' }] } } },
      });
      const to = Number(at(body, 'aggregations.clock.buckets.0.to'));
      assert.ok(Math.abs(to - Date.now()) < 60 * 60_000, String(to));
    },
  );

  contract('documents are deleted by a query', ['delete-by-query'], async () => {
    await server.must('PUT', `/${index}/_doc/doomed?refresh=true`, { id: 'doomed' });
    const { body } = await server.ask('POST', `/${index}/_delete_by_query?refresh=true`, {
      query: { term: { id: 'doomed' } },
    });
    assert.partialDeepStrictEqual(body, { deleted: 1, total: 1, version_conflicts: 0 });
    assert.deepEqual(await ids({ term: { id: 'doomed' } }), []);
  });

  contract('an index is copied with its ids', ['reindex'], async () => {
    const copy = server.name('copied');
    const { body } = await server.ask('POST', '/_reindex?refresh=true', {
      source: { index, query: { term: { kind: 'b' } } },
      dest: { index: copy },
    });
    assert.equal(at(body, 'created'), 2);
    const found = await search({ sort: ['_doc'] }, `/${copy}/_search`);
    assert.deepEqual(hits(found.body, '_id').map(String).toSorted(), ['d2', 'd3']);
  });
});
