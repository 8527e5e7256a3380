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
    ['text/html', 'application/json'],
  ] as const) {
    test(`who accepts ${accept} gets ${type}`, async () => {
      const { status, headers } = await server.ask('GET', '/_cluster/health', undefined, {
        accept,
      });
      assert.equal(status, 200);
      assert.equal(headers['content-type'], type);
    });
  }

  test('a client of another major is refused, as a 9.x client is by an 8.x server', async () => {
    const accept = `${VENDOR}; compatible-with=9`;
    const { status, body } = await server.ask('GET', '/', undefined, { accept });
    assert.equal(status, 400);
    assert.partialDeepStrictEqual(body, {
      error: {
        type: 'media_type_header_exception',
        caused_by: {
          type: 'status_exception',
          reason: `Accept version must be either version 8 or 7, but found 9. Accept=${accept}`,
        },
      },
      status: 400,
    });
  });

  test('a compatible version stands in both headers or in neither', async () => {
    for (const [contentType, accept] of [
      [`${VENDOR};compatible-with=8`, 'application/json'],
      ['application/json', `${VENDOR};compatible-with=8`],
      [`${VENDOR};compatible-with=8`, `${VENDOR};compatible-with=7`],
    ] as const) {
      const answered = await server.ask(
        'POST',
        '/_search',
        {},
        { accept, 'content-type': contentType },
      );
      assert.equal(answered.status, 400);
      assert.partialDeepStrictEqual(answered.body, {
        error: { type: 'media_type_header_exception' },
      });
    }
  });

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
    const { body } = await server.ask('GET', '/_cluster/health?nope=1');
    assert.deepEqual(
      body,
      refusal(
        400,
        'illegal_argument_exception',
        'request [/_cluster/health] contains unrecognized parameter: [nope]',
      ),
    );
  });

  test('all unknown parameters are named', async () => {
    const { body } = await server.ask('GET', '/_cluster/health?levl=1&bad=2');
    assert.match(
      String(at(body, 'error.reason')),
      /^request \[\/_cluster\/health\] contains unrecognized parameters: \[bad\], \[levl\]/,
    );
  });

  test('a flag takes true, false or nothing', async () => {
    const { body } = await server.ask('GET', '/_cluster/health?pretty=1');
    assert.deepEqual(
      body,
      refusal(
        400,
        'illegal_argument_exception',
        'Failed to parse value [1] as only [true] or [false] are allowed.',
      ),
    );
  });

  test('a wrong method is told the right ones', async () => {
    const { status, headers, body } = await server.ask('GET', '/_bulk');
    assert.equal(status, 405);
    assert.equal(headers['allow'], 'POST,PUT');
    assert.deepEqual(body, {
      error: 'Incorrect HTTP method for uri [/_bulk] and method [GET], allowed: [POST, PUT]',
      status: 405,
    });
  });

  test('a path that no API has gets no handler', async () => {
    const { status, body } = await server.ask('GET', '/_nope/x/y?z=1');
    assert.equal(status, 400);
    assert.deepEqual(body, { error: 'no handler found for uri [/_nope/x/y?z=1] and method [GET]' });
  });

  test('HEAD answers like GET, without a body', async () => {
    const missing = await server.ask('HEAD', `/${server.name('none')}`);
    assert.deepEqual([missing.status, missing.text], [404, '']);
    const info = await server.ask('HEAD', '/');
    assert.deepEqual([info.status, info.text], [200, '']);
    assert.ok(Number(info.headers['content-length']) > 100);
  });

  test('filter_path keeps what it names, less what it excludes', async () => {
    const some = await server.ask('GET', '/_cluster/health?filter_path=timed_out,*_of_nodes');
    assert.deepEqual(some.body, { timed_out: false, number_of_nodes: 1 });
    const less = await server.ask('GET', '/?filter_path=version.number,tagline,-version');
    assert.deepEqual(less.body, { tagline: 'You Know, for Search' });
    const none = await server.ask('GET', '/?filter_path=nope');
    assert.deepEqual(none.body, {});
  });

  test('filter_path does not hide an error', async () => {
    const { body } = await server.ask('GET', `/${server.name('none')}/_search?filter_path=took`);
    assert.partialDeepStrictEqual(body, {
      error: { type: 'index_not_found_exception' },
      status: 404,
    });
  });

  test('pretty JSON has spaces around the colons', async () => {
    const { text } = await server.ask('GET', '/?pretty&filter_path=version.build_snapshot,tagline');
    assert.equal(
      text,
      '{\n  "version" : {\n    "build_snapshot" : false\n  },\n  "tagline" : "You Know, for Search"\n}\n',
    );
  });

  test('human adds readable forms', async () => {
    const { body } = await server.ask('GET', '/_cluster/health?human&filter_path=*queue*');
    assert.deepEqual(body, {
      task_max_waiting_in_queue: '0s',
      task_max_waiting_in_queue_millis: 0,
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

  test('the health of the cluster is a number with its decimal point', async () => {
    const { text } = await server.ask(
      'GET',
      '/_cluster/health?filter_path=active_shards_percent_as_number',
    );
    assert.match(text, /^\{"active_shards_percent_as_number":\d+\.\d+\}$/);
  });

  test('a status that one node cannot reach times out', async () => {
    await server.ask('PUT', `/${server.name('replicated')}`, {
      settings: { number_of_replicas: 1 },
    });
    const path = `/_cluster/health/${server.name('replicated')}?wait_for_status=green&timeout=1ms`;
    const { status, body } = await server.ask('GET', path);
    assert.equal(status, 408);
    assert.partialDeepStrictEqual(body, {
      status: 'yellow',
      timed_out: true,
      unassigned_shards: 1,
    });
  });

  test('the license is a basic one', async () => {
    const { body } = await server.ask('GET', '/_license');
    assert.partialDeepStrictEqual(body, {
      license: { status: 'active', type: 'basic', max_nodes: 1_000, start_date_in_millis: -1 },
    });
  });
});

describe('the limit of a body', () => {
  const server = useStandIn({ maxBodyBytes: 1_000 });

  test('a body over the limit gets 413 without any body', async () => {
    const { status, text } = await server.ask('POST', '/_bulk', `${' '.repeat(1_000)}\n`);
    assert.deepEqual([status, text], [413, '']);
  });

  test('the limit counts the unpacked bytes', async () => {
    const packed = gzipSync(' '.repeat(1_001));
    const { status } = await server.ask('POST', '/_bulk', packed, { 'content-encoding': 'gzip' });
    assert.equal(status, 413);
  });
});

describe('a stand-in of the 9.x line', () => {
  const server = useStandIn({ version: '9.4.0' });

  test('it takes clients of 9 and 8', async () => {
    for (const major of [9, 8]) {
      const accept = `${VENDOR};compatible-with=${major}`;
      const { status, body } = await server.ask('GET', '/', undefined, { accept });
      assert.equal(status, 200);
      assert.partialDeepStrictEqual(body, { version: { number: '9.4.0' } });
    }
  });
});

describe('a stand-in with security', () => {
  const apiKey = Buffer.from('key-id:secret').toString('base64');
  const server = useStandIn({
    credentials: { apiKey, basic: { username: 'elastic', password: 'pass' } },
  });
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

  test('the right key and the right password are let in', async () => {
    const basic = Buffer.from('elastic:pass').toString('base64');
    for (const authorization of [`ApiKey ${apiKey}`, `Basic ${basic}`]) {
      assert.equal((await server.ask('GET', '/', undefined, { authorization })).status, 200);
    }
  });

  test('a wrong key is named by its id, not by its secret', async () => {
    const authorization = `ApiKey ${Buffer.from('other-id:other-secret').toString('base64')}`;
    const { status, body, text } = await server.ask('GET', '/', undefined, { authorization });
    assert.equal(status, 401);
    assert.partialDeepStrictEqual(body, {
      error: {
        additional_unsuccessful_credentials: 'API key: unable to find apikey with id other-id',
      },
    });
    assert.ok(!text.includes('other-secret'));
  });

  test('the control API needs no credentials', async () => {
    assert.equal((await server.ask('GET', '/_sim/clock')).status, 200);
  });
});

describe('what the stand-in lacks', () => {
  const server = useStandIn();

  for (const [method, path, body] of [
    ['GET', '/_cat/indices', undefined],
    ['POST', '/_transform/_preview', {}],
    ['POST', '/some/_search', { highlight: {} }],
    ['POST', '/_search', { query: { nested: {} } }],
  ] as const) {
    test(`${method} ${path} ${JSON.stringify(body) ?? ''} is a loud 501, not a wrong answer`, async () => {
      const answered = await server.ask(method, path, body);
      assert.equal(answered.status, 501);
      assert.partialDeepStrictEqual(answered.body, {
        error: { type: 'not_in_stand_in' },
        status: 501,
      });
    });
  }
});
