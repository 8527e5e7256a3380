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

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

describe('points in time, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const index = server.name('pit');
  const open = async (): Promise<string> =>
    String(at((await server.ask('POST', `/${index}/_pit?keep_alive=1m`)).body, 'id'));

  before(async () => {
    await server.ask('PUT', `/${index}`, {
      settings: { number_of_replicas: 0 },
      mappings: { properties: { n: { type: 'long' } } },
    });
    await server.ask(
      'POST',
      `/${index}/_bulk?refresh=true`,
      IDS.flatMap((id, n) => [{ index: { _id: id } }, { n }]),
    );
  });

  test('a search sees what was there when its point in time was opened', async () => {
    const id = await open();
    await server.ask('PUT', `/${index}/_doc/a`, { n: 100 });
    await server.ask('PUT', `/${index}/_doc/new`, { n: 101 });
    await server.ask('DELETE', `/${index}/_doc/b?refresh=true`);
    const now = await server.ask('POST', `/${index}/_search`, { sort: ['n'], size: 50 });
    assert.deepEqual(hits(now.body, '_id'), [...IDS.slice(2), 'a', 'new']);
    const then = await server.ask('POST', '/_search', { pit: { id }, sort: ['n'], size: 50 });
    assert.deepEqual(hits(then.body, '_id'), IDS);
    assert.equal(at(then.body, 'pit_id'), id);
    const byId = { pit: { id }, query: { ids: { values: ['b', 'new'] } } };
    assert.deepEqual(hits((await server.ask('POST', '/_search', byId)).body, '_id'), ['b']);
    await server.ask('DELETE', `/${index}/_doc/new`);
    for (const [n, restored] of IDS.slice(0, 2).entries())
      await server.ask('PUT', `/${index}/_doc/${restored}?refresh=true`, { n });
  });

  test('pages of a point in time have an order without ties', async () => {
    const id = await open();
    const seen: unknown[] = [];
    let after: unknown;
    for (let page = 0; page < 4; page += 1) {
      const { body } = await server.ask('POST', '/_search', {
        pit: { id, keep_alive: '1m' },
        sort: [{ n: 'desc' }],
        size: 3,
        track_total_hits: false,
        ...(after === undefined ? {} : { search_after: after }),
      });
      seen.push(...hits(body, '_id'));
      after = hits(body, 'sort').at(-1) ?? after;
      assert.equal((after as unknown[]).length, 2);
    }
    assert.deepEqual(seen, IDS.toReversed());
  });

  test('a closed point in time is gone', async () => {
    const id = await open();
    const closed = await server.ask('DELETE', '/_pit', { id });
    assert.deepEqual([closed.status, closed.body], [200, { succeeded: true, num_freed: 1 }]);
    const again = await server.ask('DELETE', '/_pit', { id });
    assert.deepEqual([again.status, again.body], [404, { succeeded: false, num_freed: 0 }]);
    const { status, body } = await server.ask('POST', '/_search', { pit: { id } });
    assert.equal(status, 404);
    assert.equal(at(body, 'error.root_cause.0.type'), 'search_context_missing_exception');
  });

  test('a point in time that cannot be opened or used so is refused', async () => {
    const invalid = (why: string): unknown =>
      refusal(400, 'action_request_validation_exception', `Validation Failed: 1: ${why};`);
    assert.deepEqual(
      (await server.ask('POST', `/${index}/_pit`)).body,
      invalid('[keep_alive] is not specified'),
    );
    assert.deepEqual(
      (await server.ask('POST', `/${server.name('none')}/_pit?keep_alive=1m`)).body,
      noIndex(server.name('none')),
    );
    const id = await open();
    assert.deepEqual(
      (await server.ask('POST', `/${index}/_search`, { pit: { id } })).body,
      invalid('[indices] cannot be used with point in time'),
    );
  });
});

describe('points in time of the stand-in', () => {
  const server = useStandIn();

  test('end when nobody has used them for as long as they were asked to be kept', async () => {
    await server.ask('POST', '/_sim/clock', { nowMs: Date.parse('2026-11-24T10:00:00Z') });
    await server.ask('PUT', '/kept/_doc/a?refresh=true', { n: 1 });
    const opened = await server.ask('POST', '/kept/_pit?keep_alive=1m');
    const search = async (): Promise<number> =>
      (await server.ask('POST', '/_search', { pit: { id: at(opened.body, 'id') } })).status;
    await server.ask('POST', '/_sim/clock', { advanceMs: 50_000 });
    assert.equal(await search(), 200);
    await server.ask('POST', '/_sim/clock', { advanceMs: 50_000 });
    assert.equal(await search(), 200, 'every use keeps it longer');
    await server.ask('POST', '/_sim/clock', { advanceMs: 60_001 });
    assert.equal(await search(), 404);
  });
});
