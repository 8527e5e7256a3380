import assert from 'node:assert/strict';
import { before, describe } from 'node:test';

import { at } from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, refused, useServer } from './server-under-contract.ts';

describe('contract: aliases', () => {
  const server = useServer();
  const [old, next, alias] = [server.name('old'), server.name('next'), server.name('alias')];

  before(async () => {
    await server.must('PUT', `/${old}`, { aliases: { [alias]: {} } });
    await server.must('PUT', `/${next}`);
    await server.must('PUT', `/${old}/_doc/1?refresh=true`, { from: 'old' });
    await server.must('PUT', `/${next}/_doc/1?refresh=true`, { from: 'next' });
  });

  contract('an alias is swapped in one request', [], async () => {
    const swapped = await server.ask('POST', '/_aliases', {
      actions: [{ remove: { index: old, alias } }, { add: { index: next, alias } }],
    });
    assert.equal(at(swapped.body, 'acknowledged'), true);
    assert.deepEqual((await server.ask('GET', `/_alias/${alias}`)).body, {
      [next]: { aliases: { [alias]: {} } },
    });
    const { body } = await server.ask('POST', `/${alias}/_search`, {});
    assert.equal(at(body, 'hits.hits.0._source.from'), 'next');
  });

  contract('a swap that cannot be done changes nothing', [], async () => {
    const answered = await server.ask('POST', '/_aliases', {
      actions: [{ remove: { index: next, alias } }, { add: { index: server.name('none'), alias } }],
    });
    assert.deepEqual(refused(answered), [404, 'index_not_found_exception']);
    assert.equal((await server.ask('HEAD', `/${next}/_alias/${alias}`)).status, 200);
  });

  contract('an index cannot be deleted by its alias', [], async () => {
    assert.deepEqual(refused(await server.ask('DELETE', `/${alias}`)), [
      400,
      'illegal_argument_exception',
    ]);
  });

  contract('an alias cannot have the name of an index', [], async () => {
    const answered = await server.ask('PUT', `/${next}/_alias/${old}`);
    assert.deepEqual(refused(answered), [400, 'invalid_alias_name_exception']);
  });
});
