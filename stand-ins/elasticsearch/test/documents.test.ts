import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import {
  at,
  noIndex,
  refusal,
  useElasticsearch,
  withoutPlace,
} from './elasticsearch-under-test.ts';

describe('single documents, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();
  const index = server.name('docs');
  const put = (path: string, body: unknown): ReturnType<typeof server.ask> =>
    server.ask('PUT', `/${index}/${path}`, body);

  before(async () => {
    await server.ask('PUT', `/${index}`, {
      settings: { number_of_replicas: 0, refresh_interval: '-1' },
    });
  });

  const conflict = async (id: string, what: string): Promise<unknown> => {
    const settings = await server.ask('GET', `/${index}/_settings?flat_settings=true`);
    const uuid = at((settings.body as Record<string, unknown>)[index], 'settings') as Record<
      string,
      string
    >;
    return refusal(409, 'version_conflict_engine_exception', `[${id}]: version conflict, ${what}`, {
      index_uuid: uuid['index.uuid'],
      shard: '0',
      index,
    });
  };

  test('a document is created, then replaced, with a version and a sequence number that grow', async () => {
    const created = await put('_doc/1', { n: 1 });
    assert.equal(created.status, 201);
    assert.deepEqual(created.body, {
      _index: index,
      _id: '1',
      _version: 1,
      result: 'created',
      _shards: { total: 1, successful: 1, failed: 0 },
      _seq_no: 0,
      _primary_term: 1,
    });
    const replaced = await put('_doc/1', { n: 2 });
    assert.equal(replaced.status, 200);
    assert.partialDeepStrictEqual(replaced.body, { _version: 2, result: 'updated', _seq_no: 1 });
  });

  test('an id that is taken cannot be created', async () => {
    const expected = await conflict('1', 'document already exists (current version [2])');
    assert.deepEqual((await put('_create/1', { n: 3 })).body, expected);
    assert.deepEqual((await put('_doc/1?op_type=create', { n: 3 })).body, expected);
  });

  test('a write that saw an older state is a conflict which tells both states', async () => {
    const stale = await put('_doc/1?if_seq_no=0&if_primary_term=1', { n: 3 });
    assert.equal(stale.status, 409);
    assert.deepEqual(
      stale.body,
      await conflict(
        '1',
        'required seqNo [0], primary term [1]. current document has seqNo [1] and primary term [1]',
      ),
    );
    const otherTerm = await put('_doc/1?if_seq_no=1&if_primary_term=2', { n: 3 });
    assert.equal(otherTerm.status, 409);
    const fresh = await put('_doc/1?if_seq_no=1&if_primary_term=1', { n: 3 });
    assert.partialDeepStrictEqual(fresh.body, { _version: 3, _seq_no: 2 });
  });

  test('a condition on a document that is not there is a conflict', async () => {
    assert.deepEqual(
      (await put('_doc/absent?if_seq_no=1&if_primary_term=1', {})).body,
      await conflict('absent', 'required seqNo [1], primary term [1]. but no document was found'),
    );
  });

  for (const [path, fault] of [
    ['_doc/1?if_seq_no=1', 'if_seq_no and if_primary_term go together'],
    ['_doc/1?if_primary_term=1', 'if_seq_no and if_primary_term go together'],
    [
      '_create/x?if_seq_no=1&if_primary_term=1',
      'create operations do not support compare and set. use index instead',
    ],
  ] as const) {
    test(`PUT ${path} is refused`, async () => {
      const { body } = await put(path, {});
      assert.deepEqual(
        body,
        refusal(400, 'action_request_validation_exception', `Validation Failed: 1: ${fault};`),
      );
    });
  }

  test('a write without a body is refused', async () => {
    assert.deepEqual(
      (await server.ask('PUT', `/${index}/_doc/1`)).body,
      refusal(400, 'parse_exception', 'request body is required'),
    );
  });

  test('without an id the server makes one', async () => {
    const { status, body } = await server.ask('POST', `/${index}/_doc`, { n: 4 });
    assert.equal(status, 201);
    assert.match(String(at(body, '_id')), /^[\w-]{20}$/);
  });

  test('an id may hold any character', async () => {
    await put('_doc/a%2Fb%20c', { n: 5 });
    const { body } = await server.ask('GET', `/${index}/_doc/a%2Fb%20c`);
    assert.partialDeepStrictEqual(body, { _id: 'a/b c', found: true });
  });

  test('a document is read at once, before any refresh', async () => {
    await put('_doc/fresh', { k: 'a', o: { a: 1, b: 2 } });
    const { body } = await server.ask('GET', `/${index}/_doc/fresh`);
    assert.partialDeepStrictEqual(body, {
      _index: index,
      _id: 'fresh',
      _version: 1,
      _primary_term: 1,
      found: true,
      _source: { k: 'a', o: { a: 1, b: 2 } },
    });
  });

  test('a document that is not there is told from an index that is not there', async () => {
    const { status, body } = await server.ask('GET', `/${index}/_doc/none`);
    assert.equal(status, 404);
    assert.deepEqual(body, { _index: index, _id: 'none', found: false });
    const none = server.name('none');
    assert.deepEqual((await server.ask('GET', `/${none}/_doc/1`)).body, noIndex(none));
    assert.equal((await server.ask('HEAD', `/${index}/_doc/none`)).status, 404);
    assert.equal((await server.ask('HEAD', `/${index}/_doc/fresh`)).status, 200);
  });

  test('a deletion takes a sequence number, even of an id that is not there', async () => {
    await put('_doc/gone', {});
    const deleted = await server.ask('DELETE', `/${index}/_doc/gone`);
    assert.deepEqual(
      [deleted.status, at(deleted.body, 'result'), at(deleted.body, '_version')],
      [200, 'deleted', 2],
    );
    const again = await server.ask('DELETE', `/${index}/_doc/gone`);
    assert.deepEqual(
      [again.status, at(again.body, 'result'), at(again.body, '_version')],
      [404, 'not_found', 1],
    );
    assert.equal(Number(at(again.body, '_seq_no')), Number(at(deleted.body, '_seq_no')) + 1);
    const back = await put('_create/gone', {});
    assert.partialDeepStrictEqual(back.body, { _version: 1, result: 'created' });
  });

  test('a deletion that saw an older state is a conflict', async () => {
    const { status } = await server.ask('DELETE', `/${index}/_doc/1?if_seq_no=0&if_primary_term=1`);
    assert.equal(status, 409);
  });

  test('an update changes a part, and nothing where there is nothing to change', async () => {
    await put('_doc/up', { n: 1, o: { a: 1 } });
    const update = (body: unknown): ReturnType<typeof server.ask> =>
      server.ask('POST', `/${index}/_update/up`, body);
    const changed = await update({ doc: { n: 2, o: { b: 2 } } });
    assert.partialDeepStrictEqual(changed.body, { _version: 2, result: 'updated' });
    const { body } = await server.ask('GET', `/${index}/_doc/up`);
    assert.deepEqual(at(body, '_source'), { n: 2, o: { a: 1, b: 2 } });
    const same = await update({ doc: { n: 2 } });
    assert.partialDeepStrictEqual(same.body, { _version: 2, result: 'noop' });
  });

  for (const [what, body, reason] of [
    ['neither part nor script', {}, '[UpdateRequest] doc is no object'],
    ['a script', { script: { source: 'x' } }, '[UpdateRequest] unknown field [script]'],
    ['a field that it does not have', { nope: 1 }, '[UpdateRequest] unknown field [nope]'],
    ['a list for a part', { doc: [1] }, '[UpdateRequest] doc '],
  ] as const) {
    test(`an update with ${what} is refused`, async () => {
      const answered = await server.ask('POST', `/${index}/_update/up`, body);
      assert.equal(answered.status, 400);
      const said = withoutPlace(at(answered.body, 'error.reason'));
      assert.ok(said.startsWith(reason), said);
    });
  }

  test('several documents are read at once, each with its own outcome', async () => {
    const none = server.name('none');
    const { body } = await server.ask('POST', '/_mget', {
      docs: [
        { _index: index, _id: 'fresh' },
        { _index: index, _id: 'none' },
        { _index: none, _id: '1' },
      ],
    });
    assert.partialDeepStrictEqual(body, {
      docs: [
        { _index: index, _id: 'fresh', _version: 1, found: true, _source: { k: 'a' } },
        { _index: index, _id: 'none', found: false },
        { _index: none, _id: '1', error: { type: 'index_not_found_exception' } },
      ],
    });
    const ids = await server.ask('POST', `/${index}/_mget`, { ids: ['fresh', 'none'] });
    assert.partialDeepStrictEqual(ids.body, { docs: [{ found: true }, { found: false }] });
  });

  test('a hidden index made by a template is not found by patterns', async () => {
    const state = server.name('state');
    await server.ask('PUT', `/_index_template/${state}`, {
      index_patterns: [`${state}*`],
      template: { settings: { 'index.hidden': true, number_of_replicas: 0 } },
    });
    await server.ask('PUT', `/${state}-1/_doc/1?refresh=true`, {});
    assert.deepEqual(at((await server.ask('GET', `/${state}*/_count`)).body, 'count'), 0);
    assert.deepEqual(
      at((await server.ask('GET', `/${state}*/_count?expand_wildcards=all`)).body, 'count'),
      1,
    );
    assert.deepEqual(at((await server.ask('GET', `/${state}-1/_count`)).body, 'count'), 1);
  });
});
