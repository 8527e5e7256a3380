import assert from 'node:assert/strict';
import { before, describe } from 'node:test';

import { at } from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, refused, useServer } from './server-under-contract.ts';

describe('contract: documents of a plain index, as the state of the program is kept', () => {
  const server = useServer();
  const index = server.name('state');

  before(async () => {
    await server.must('PUT', `/${index}`, {
      settings: { number_of_replicas: 0, hidden: true },
      mappings: { dynamic: false, properties: { feed: { type: 'keyword' } } },
    });
  });

  contract('a document is created only once', [], async () => {
    const create = (): ReturnType<typeof server.ask> =>
      server.ask('PUT', `/${index}/_doc/one?op_type=create`, { n: 1 });
    const first = await create();
    assert.equal(first.status, 201);
    assert.partialDeepStrictEqual(first.body, { result: 'created', _seq_no: 0, _primary_term: 1 });
    assert.deepEqual(refused(await create()), [409, 'version_conflict_engine_exception']);
    const other = await server.ask('PUT', `/${index}/_create/one`, { n: 1 });
    assert.deepEqual(refused(other), [409, 'version_conflict_engine_exception']);
  });

  contract(
    'a document can be read at once, with its sequence number and primary term',
    [],
    async () => {
      await server.must('PUT', `/${index}/_doc/read`, { n: 1 });
      const { status, body } = await server.ask('GET', `/${index}/_doc/read`);
      assert.equal(status, 200);
      assert.deepEqual([at(body, 'found'), at(body, '_version')], [true, 1]);
      assert.deepEqual(at(body, '_source'), { n: 1 });
      assert.equal(typeof at(body, '_seq_no'), 'number');
      assert.equal(at(body, '_primary_term'), 1);
    },
  );

  contract('of two changes of the same version only the first succeeds', [], async () => {
    const { body } = await server.ask('PUT', `/${index}/_doc/guarded`, { n: 1 });
    const guard = `if_seq_no=${String(at(body, '_seq_no'))}&if_primary_term=${String(at(body, '_primary_term'))}`;
    const path = `/${index}/_doc/guarded?${guard}`;
    assert.equal((await server.ask('PUT', path, { n: 2 })).status, 200);
    assert.deepEqual(refused(await server.ask('PUT', path, { n: 3 })), [
      409,
      'version_conflict_engine_exception',
    ]);
    const read = await server.ask('GET', `/${index}/_doc/guarded`);
    assert.deepEqual(at(read.body, '_source'), { n: 2 });
  });

  contract('a deleted document is gone, and a second delete answers 404', [], async () => {
    await server.must('PUT', `/${index}/_doc/gone`, { n: 1 });
    assert.equal((await server.ask('DELETE', `/${index}/_doc/gone`)).status, 200);
    const again = await server.ask('DELETE', `/${index}/_doc/gone`);
    assert.deepEqual([again.status, at(again.body, 'result')], [404, 'not_found']);
    assert.equal((await server.ask('HEAD', `/${index}/_doc/gone`)).status, 404);
  });

  contract(
    'several documents are read in one request, and missing ones are marked',
    [],
    async () => {
      await server.must('PUT', `/${index}/_doc/m1`, { n: 1 });
      const { body } = await server.ask('POST', `/${index}/_mget`, { ids: ['m1', 'm2'] });
      assert.deepEqual([at(body, 'docs.0.found'), at(body, 'docs.1.found')], [true, false]);
    },
  );

  contract('whole numbers above 2^53 and decimals keep their digits', [], async () => {
    const text = '{"id":9007199254740993,"one":1.0,"text":"\\u00e9"}';
    await server.must('PUT', `/${index}/_doc/exact`, text);
    const read = await server.ask('GET', `/${index}/_doc/exact`);
    assert.ok(read.text.includes('9007199254740993'), read.text);
    assert.ok(read.text.includes('1.0'), read.text);
  });

  contract('a hidden index is found only by its name', [], async () => {
    await server.must('POST', `/${index}/_refresh`);
    const pattern = await server.ask('GET', `/${index.slice(0, -1)}*/_count`);
    assert.equal(at(pattern.body, 'count'), 0);
    const named = await server.ask('GET', `/${index}/_count`);
    assert.ok(Number(at(named.body, 'count')) > 0);
  });
});
