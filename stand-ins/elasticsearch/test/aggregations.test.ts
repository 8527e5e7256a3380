import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { at, hits, useElasticsearch } from './elasticsearch-under-test.ts';

describe('aggregations and groups, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const index = server.name('aggs');
  const aggregate = async (aggs: unknown): Promise<unknown> =>
    (await server.ask('POST', `/${index}/_search`, { size: 0, aggs })).body;

  before(async () => {
    await server.ask('PUT', `/${index}`, {
      settings: { number_of_replicas: 0 },
      mappings: {
        properties: {
          k: { type: 'keyword' },
          n: { type: 'long' },
          d: { type: 'date' },
          t: { type: 'text' },
        },
      },
    });
    await server.ask('POST', `/${index}/_bulk?refresh=true`, [
      { index: { _id: 'a' } },
      { k: 'x', n: 1, d: '2026-11-24T10:00:00Z' },
      { index: { _id: 'b' } },
      { k: 'x', n: 3, d: '2026-11-25T10:00:00Z' },
      { index: { _id: 'c' } },
      { k: 'y', n: 2, d: '2026-11-24T12:00:00Z' },
      { index: { _id: 'd' } },
      { n: 7 },
    ]);
  });

  test('terms count documents by value, with metrics of each', async () => {
    const body = await aggregate({
      k: { terms: { field: 'k' }, aggs: { last: { max: { field: 'd' } } } },
    });
    assert.deepEqual(at(body, 'aggregations.k'), {
      doc_count_error_upper_bound: 0,
      sum_other_doc_count: 0,
      buckets: [
        {
          key: 'x',
          doc_count: 2,
          last: { value: 1_795_600_800_000, value_as_string: '2026-11-25T10:00:00.000Z' },
        },
        {
          key: 'y',
          doc_count: 1,
          last: { value: 1_795_521_600_000, value_as_string: '2026-11-24T12:00:00.000Z' },
        },
      ],
    });
  });

  test('a range of dates up to now shows the clock of the server', async () => {
    const body = await aggregate({ c: { date_range: { field: 'd', ranges: [{ to: 'now' }] } } });
    const [bucket] = at(body, 'aggregations.c.buckets') as unknown[];
    const to = Number(at(bucket, 'to'));
    assert.ok(Math.abs(to - Date.now()) < 60 * 60_000);
    const shown = new Date(to).toISOString();
    assert.partialDeepStrictEqual(bucket, { key: `*-${shown}`, to_as_string: shown });
  });

  test('a composite is read to its end, page by page', async () => {
    const pages: unknown[] = [];
    let after: unknown;
    do {
      const body = await aggregate({
        all: {
          composite: {
            size: 2,
            sources: [{ k: { terms: { field: 'k' } } }, { n: { terms: { field: 'n' } } }],
            ...(after === undefined ? {} : { after }),
          },
        },
      });
      pages.push(at(body, 'aggregations.all.buckets'));
      after = at(body, 'aggregations.all.after_key');
    } while (after !== undefined);
    const bucket = (k: string, n: number): unknown => ({ key: { k, n }, doc_count: 1 });
    assert.deepEqual(pages, [[bucket('x', 1), bucket('x', 3)], [bucket('y', 2)], []]);
  });

  test('words of a text cannot be counted', async () => {
    const body = await aggregate({ t: { terms: { field: 't' } } });
    assert.equal(at(body, 'status'), 400);
    assert.match(String(at(body, 'error.root_cause.0.reason')), /^Fielddata is disabled on \[t\]/);
  });

  test('collapse shows the best hit of each value, and counts all', async () => {
    const { body } = await server.ask('POST', `/${index}/_search`, {
      collapse: { field: 'k' },
      sort: [{ n: 'desc' }],
    });
    assert.deepEqual(hits(body, '_id'), ['d', 'b', 'c']);
    assert.deepEqual(hits(body, 'fields'), [undefined, { k: ['x'] }, { k: ['y'] }]);
    assert.equal(at(body, 'hits.total.value'), 4);
  });
});
