import { Client } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { lostKey } from '../../../activities/elasticsearch/assets/transform/credentials.ts';

const KEY = { id: 'k1', name: 'installer' };
const PAST_MS = Date.UTC(2020, 0, 1);
const FUTURE_MS = Date.UTC(9000, 0, 1);

/** What Elasticsearch answers about the key of a transform, and whether the key is lost. */
const ANSWERS: readonly (readonly [what: string, status: number, body: object, isLost: boolean])[] =
  [
    ['a key that is valid', 200, { api_keys: [{ ...KEY, invalidated: false }] }, false],
    ['a key that expires later', 200, { api_keys: [{ ...KEY, expiration: FUTURE_MS }] }, false],
    ['a key that has expired', 200, { api_keys: [{ ...KEY, expiration: PAST_MS }] }, true],
    ['a key that was invalidated', 200, { api_keys: [{ ...KEY, invalidated: true }] }, true],
    ['a key that does not exist', 200, { api_keys: [] }, true],
    ['a key that does not exist, with another status', 404, { api_keys: [] }, true],
    ['a key that the caller may not see', 403, { error: { type: 'security_exception' } }, false],
    ['a cluster without security', 400, { error: 'no handler found' }, false],
  ];

describe('the API key of a transform', () => {
  let answer: (typeof ANSWERS)[number] | undefined;
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    const [, status = 500, body = {}] = answer ?? [];
    response.writeHead(status, {
      'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
      'x-elastic-product': 'Elasticsearch',
    });
    response.end(JSON.stringify(body));
  });
  let sink: Client;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    sink = new Client({ node: `http://127.0.0.1:${port}`, maxRetries: 0 });
  });
  after(async () => {
    await sink.close();
    server.close();
  });

  function lookedUp(authorization: object): Promise<string | null> {
    const found = { id: 't', source: { index: 's' }, dest: { index: 'd' }, authorization };
    return lostKey(sink, found, new AbortController().signal);
  }

  for (const row of ANSWERS) {
    const [what, , , isLost] = row;
    test(`${what} is ${isLost ? 'lost' : 'not called lost'}`, async () => {
      answer = row;
      assert.equal(await lookedUp({ api_key: KEY }), isLost ? 'installer' : null);
      assert.equal(asked.at(-1), '/_security/api_key?id=k1');
    });
  }

  test('of a transform with the roles of a user there is none to ask for', async () => {
    asked.length = 0;
    assert.equal(await lookedUp({ roles: ['superuser'] }), null);
    assert.deepEqual(asked, []);
  });
});
