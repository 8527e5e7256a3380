import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createSink } from '../../../activities/elasticsearch/client.ts';
import {
  prefersLateDocuments,
  rememberServer,
  type Server,
} from '../../../activities/elasticsearch/server-info.ts';

/** A server that answers each request with the next of these versions, and then always with the last one. */
async function withServer(
  answers: { number: string; build_flavor: string }[],
  work: (ask: () => Promise<Server>, url: string) => Promise<void>,
): Promise<number> {
  let asked = 0;
  const http = createServer((_request, response) => {
    const version = answers[Math.min(asked++, answers.length - 1)];
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-elastic-product': 'Elasticsearch',
    });
    response.end(JSON.stringify({ version }));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const sink = createSink({
    url,
    cloudId: null,
    auth: { kind: 'none' },
    ca: null,
    caFingerprint: null,
  });
  try {
    const server = rememberServer(sink);
    await work(() => server(new AbortController().signal), url);
  } finally {
    await sink.close();
    http.closeAllConnections();
    http.close();
  }
  return asked;
}

for (const number of ['7.17.29', '8.9.2', '8.12.2', '8.11.0']) {
  test(`Elasticsearch ${number} is refused because of its version, before it causes another error`, async () => {
    await withServer([{ number, build_flavor: 'default' }], async (ask, url) => {
      await assert.rejects(ask(), {
        name: 'SinkMisconfiguredError',
        message: `Elasticsearch ${number} at ${url} is older than 8.13.0, the lowest version that tcsync works with`,
      });
    });
  });
}

for (const number of ['8.13.0', '8.13.0-SNAPSHOT', '8.19.21', '9.0.0', '10.1.2']) {
  test(`Elasticsearch ${number} is accepted`, async () => {
    await withServer([{ number, build_flavor: 'default' }], async (ask) => {
      assert.deepEqual(await ask(), { version: number, flavour: 'stack' });
    });
  });
}

test('Serverless is accepted with any version number, because the number has no meaning', async () => {
  await withServer([{ number: '8.11.0', build_flavor: 'serverless' }], async (ask) => {
    assert.deepEqual(await ask(), { version: '8.11.0', flavour: 'serverless' });
  });
});

test('only a server whose version was refused is asked for its version again', async () => {
  const asked = await withServer(
    [
      { number: '8.12.0', build_flavor: 'default' },
      { number: '8.19.0', build_flavor: 'default' },
    ],
    async (ask) => {
      await assert.rejects(ask());
      assert.equal((await ask()).version, '8.19.0');
      assert.equal((await ask()).version, '8.19.0');
    },
  );
  assert.equal(asked, 2);
});

for (const [version, prefers] of [
  ['8.13.0', true],
  ['8.18.9', true],
  ['8.19.0', false],
  ['8.19.21', false],
  ['9.0.8', true],
  ['9.1.10', true],
  ['9.2.6', true],
  ['9.2.7', false],
  ['9.3.0', true],
  ['9.3.1', true],
  ['9.3.2', false],
  ['9.5.1', false],
  ['10.0.0', false],
] as const) {
  test(`transforms of ${version} ${prefers ? 'let a late document win' : 'keep the newest'}`, () => {
    assert.equal(prefersLateDocuments({ version, flavour: 'stack' }), prefers);
    assert.equal(prefersLateDocuments({ version, flavour: 'serverless' }), false);
  });
}
