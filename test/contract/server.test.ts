import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { at } from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, refused, useServer } from './server-under-contract.ts';

describe('contract: the server', () => {
  const server = useServer();

  contract(
    'reports its version and its flavour, which decide the installed assets',
    [],
    async () => {
      const { status, body } = await server.ask('GET', '/');
      assert.equal(status, 200);
      assert.match(String(at(body, 'version.number')), /^(?:8|9)\.\d+\.\d+/);
      assert.match(String(at(body, 'version.build_flavor')), /^(?:default|serverless)$/);
      assert.match(String(at(body, 'cluster_uuid')), /^[\w-]{22}$/);
    },
  );

  contract('names the product in every answer, also in refusals', [], async () => {
    for (const path of ['/', '/_search', `/${server.name('none')}`]) {
      const { headers } = await server.ask('GET', path);
      assert.equal(headers['x-elastic-product'], 'Elasticsearch', path);
    }
  });

  contract('answers an unknown path with 400 and a wrong method with 405', [], async () => {
    assert.equal((await server.ask('GET', '/_nothing/here/at/all')).status, 400);
    assert.equal((await server.ask('DELETE', '/_bulk')).status, 405);
  });

  contract('refuses parameters that it does not have', [], async () => {
    const answered = await server.ask('GET', '/_search?unknown_one=1');
    assert.deepEqual(refused(answered), [400, 'illegal_argument_exception']);
    assert.match(answered.text, /contains unrecognized parameter: \[unknown_one\]/);
  });

  contract('answers 404 for a missing index, alias and document', [], async () => {
    const none = server.name('none');
    assert.deepEqual(refused(await server.ask('GET', `/${none}`)), [
      404,
      'index_not_found_exception',
    ]);
    assert.equal((await server.ask('HEAD', `/${none}`)).status, 404);
    assert.deepEqual((await server.ask('GET', `/_alias/${none}`)).body, {
      error: `alias [${none}] missing`,
      status: 404,
    });
    assert.deepEqual(refused(await server.ask('GET', `/${none}/_doc/1`)), [
      404,
      'index_not_found_exception',
    ]);
    const index = server.name('plain');
    await server.must('PUT', `/${index}`);
    const missing = await server.ask('GET', `/${index}/_doc/1`);
    assert.deepEqual(
      [missing.status, missing.body],
      [404, { _index: index, _id: '1', found: false }],
    );
  });

  contract('reports the user of a request and the user’s privileges', ['security'], async () => {
    assert.equal((await server.ask('GET', '/_security/_authenticate')).status, 200);
    const { body } = await server.ask('POST', '/_security/user/_has_privileges', {
      cluster: ['monitor'],
    });
    assert.equal(typeof at(body, 'has_all_requested'), 'boolean');
  });
});
