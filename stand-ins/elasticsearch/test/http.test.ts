import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { at, refusal, useElasticsearch, useStandIn } from './elasticsearch-under-test.ts';

const VENDOR = 'application/vnd.elasticsearch+json';

describe('every answer, of the stand-in or of the server at ES_URL', () => {
  const server = useElasticsearch();

  test('an answer names its product, which the official client insists on', async () => {
    const { status, headers } = await server.ask('GET', '/');
    assert.equal(status, 200);
    assert.equal(headers['x-elastic-product'], 'Elasticsearch');
    assert.equal(headers['content-type'], 'application/json');
  });

  for (const [accept, type] of [
    [`${VENDOR}; compatible-with=8`, `${VENDOR};compatible-with=8`],
    [`${VENDOR};compatible-with=7`, `${VENDOR};compatible-with=7`],
    [VENDOR, VENDOR],
    ['*/*', 'application/json'],
  ] as const) {
    test(`who accepts ${accept} gets ${type}`, async () => {
      const { status, headers } = await server.ask('GET', '/', undefined, {
        accept,
      });
      assert.equal(status, 200);
      assert.equal(headers['content-type'], type);
    });
  }

  test('a body that is no JSON is not acceptable', async () => {
    const { status, body } = await server.ask(
      'POST',
      '/_search',
      {},
      { 'content-type': 'text/plain' },
    );
    assert.equal(status, 406);
    assert.deepEqual(body, {
      error: 'Content-Type header [text/plain] is not supported',
      status: 406,
    });
  });

  test('an unknown parameter is refused by name', async () => {
    const { body } = await server.ask('GET', '/?nope=1');
    assert.deepEqual(
      body,
      refusal(
        400,
        'illegal_argument_exception',
        'request [/] contains unrecognized parameter: [nope]',
      ),
    );
  });

  test('a wrong method is told the right ones', async () => {
    const { status, headers, body } = await server.ask('GET', '/_bulk');
    assert.equal(status, 405);
    assert.equal(headers['allow'], 'POST');
    assert.deepEqual(body, {
      error: 'Incorrect HTTP method for uri [/_bulk] and method [GET], allowed: [POST]',
      status: 405,
    });
  });

  test('a path that no API has gets no handler', async () => {
    const { status, body } = await server.ask('GET', '/_nope/x/y?z=1');
    assert.equal(status, 400);
    assert.match(String(at(body, 'error')), /^no handler found for uri \[\/_nope\/x\/y\?z=1\]/);
  });

  test('HEAD answers like GET, without a body', async () => {
    const missing = await server.ask('HEAD', `/${server.name('none')}`);
    assert.deepEqual([missing.status, missing.text], [404, '']);
    const info = await server.ask('HEAD', '/');
    assert.deepEqual([info.status, info.text], [200, '']);
    assert.ok(Number(info.headers['content-length']) > 100);
  });

  test('filter_path does not hide an error', async () => {
    const { body } = await server.ask('GET', `/${server.name('none')}/_search?filter_path=took`);
    assert.partialDeepStrictEqual(body, {
      error: { type: 'index_not_found_exception' },
      status: 404,
    });
  });

  test('bodies are compressed both ways', async () => {
    const { status, headers, body } = await server.ask(
      'POST',
      '/_search?filter_path=timed_out',
      gzipSync('{"size":0}'),
      { 'content-encoding': 'gzip', 'content-type': 'application/json', 'accept-encoding': 'gzip' },
    );
    assert.equal(status, 200);
    assert.equal(headers['content-encoding'], 'gzip');
    assert.deepEqual(body, { timed_out: false });
  });

  test('JSON that breaks off is refused as such', async () => {
    const { status, body } = await server.ask('POST', '/_search', '{"query":{"match_all":{}}');
    assert.equal(status, 400);
    assert.partialDeepStrictEqual(body, {
      error: {
        root_cause: [{ type: 'x_content_e_o_f_exception' }],
        caused_by: { type: 'json_e_o_f_exception' },
      },
    });
  });
});

describe('a stand-in with security', () => {
  const apiKey = Buffer.from('key-id:secret').toString('base64');
  const server = useStandIn({ credentials: { apiKey } });
  const schemes = ['Basic realm="security", charset="UTF-8"', 'ApiKey'];

  test('nobody is let in without credentials, and is told how to bring them', async () => {
    const { status, body, headers } = await server.ask('GET', '/');
    assert.equal(status, 401);
    assert.equal(headers['www-authenticate'], schemes.join(', '));
    assert.deepEqual(
      body,
      refusal(
        401,
        'security_exception',
        'missing authentication credentials for REST request [/]',
        {
          header: { 'WWW-Authenticate': schemes },
        },
      ),
    );
  });

  test('the right key is let in, another one is not', async () => {
    const ask = async (key: string): Promise<number> =>
      (await server.ask('GET', '/', undefined, { authorization: `ApiKey ${key}` })).status;
    assert.deepEqual([await ask(apiKey), await ask('other')], [200, 401]);
  });

  test('the control API needs no credentials', async () => {
    assert.equal((await server.ask('GET', '/_sim/clock')).status, 200);
  });
});

describe('what the stand-in lacks', () => {
  const server = useStandIn();

  for (const [method, path, body] of [
    ['GET', '/_cat/indices', undefined],
    ['GET', '/?pretty', undefined],
    ['GET', '/?filter_path=-version', undefined],
    ['POST', '/_search', { highlight: {} }],
    ['POST', '/_search', { query: { nested: {} } }],
    ['POST', '/_search', { aggs: { a: { top_hits: {} } } }],
    ['PUT', '/_ingest/pipeline/a', { processors: [{ set: { field: 'a', value: '{{b}}' } }] }],
  ] as const) {
    test(`${method} ${path} ${JSON.stringify(body) ?? ''} is refused, not ignored`, async () => {
      const { status, text } = await server.ask(method, path, body);
      assert.ok(status === 400 || status === 501, text);
    });
  }
});
