import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { SourceProxyRefusedError, SourceUnavailableError } from '../../../../contracts/errors.ts';
import type { HttpOptions } from '../../../../activities/threatconnect/http.ts';
import { readFixture } from '../../../stage.ts';
import { startProxy, type Proxy } from './start-proxy.ts';
import { ask, createClient, errorOf, SECRET, SUCCESS } from './tiny-source.ts';

const CERTIFICATE = readFixture('tls/made-for-tests-certificate.pem');
const PASSWORD = 'p@ss:w%rd/?#é';

/** A port on which no server listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a source with a certificate of its own authority', () => {
  let server: Http2SecureServer;
  let port = 0;
  const versions = new Set<string>();
  before(async () => {
    server = createSecureServer(
      { cert: CERTIFICATE, key: readFixture('tls/made-for-tests-key.pem'), allowHTTP1: true },
      (request, response) => {
        versions.add(request.httpVersion);
        response.setHeader('content-type', 'application/json');
        response.end(SUCCESS);
      },
    );
    // the server must ignore clients that refuse the certificate
    server.on('sessionError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  after(() => server.close());

  async function askOnce(
    host: string,
    options: Partial<HttpOptions>,
    toPort = port,
  ): Promise<string> {
    const url = `https://${host}:${toPort}/api`;
    const http = createClient({ url, ca: CERTIFICATE, ...options });
    try {
      return await ask(http);
    } finally {
      await http.close();
    }
  }

  function via(proxy: number, noProxy = '', user = ''): Partial<HttpOptions> {
    const address = `http://${user === '' ? '' : `${user}@`}127.0.0.1:${proxy}`;
    return { proxy: { url: { reveal: () => address }, noProxy } };
  }

  function secretless(error: Error): void {
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      for (const secret of [SECRET, PASSWORD, encodeURIComponent(PASSWORD), 'Basic ', 'TC 1234']) {
        assert.ok(!`${each.message} ${each.stack}`.includes(secret), each.message);
      }
    }
  }

  function unavailable(error: Error): void {
    secretless(error);
    assert.ok(error instanceof SourceUnavailableError, error.name);
    assert.equal(error.mayBeWeight, false);
  }

  test('is read if TC_CA_FILE names the authority, with HTTP/1.1 although HTTP/2 is offered', async () => {
    assert.equal(await askOnce('localhost', {}), SUCCESS);
    assert.deepEqual([...versions], ['1.1']);
  });

  for (const [way, through] of [
    ['directly', false],
    ['through a proxy', true],
  ] as const) {
    describe(`asked ${way}`, () => {
      let proxy: Proxy;
      let options: Partial<HttpOptions> = {};
      before(async () => {
        proxy = await startProxy();
        if (through) options = via(proxy.port);
      });
      after(() => proxy.stop());

      test('is refused without TC_CA_FILE, which the message names', async () => {
        const error = await errorOf(askOnce('localhost', { ...options, ca: null }));
        unavailable(error);
        assert.match(error.message, /^GET \/api\/v3\/indicators: no connection to https:/);
        assert.match(error.message, /DEPTH_ZERO_SELF_SIGNED_CERT.*TC_CA_FILE/);
      });

      test('is refused under a name that its certificate does not have', async () => {
        const error = await errorOf(askOnce('127.0.0.1', options));
        unavailable(error);
        assert.match(error.message, /ERR_TLS_CERT_ALTNAME_INVALID.*another host name.*TC_URL/);
      });

      test('that does not listen or closes the connection in the handshake is unavailable, and the page does not count as heavy', async () => {
        const mute = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
        await once(mute, 'listening');
        unavailable(
          await errorOf(askOnce('localhost', options, (mute.address() as AddressInfo).port)),
        );
        mute.close();
        unavailable(await errorOf(askOnce('localhost', options, await closedPort())));
      });
    });
  }

  describe('behind a proxy', () => {
    test('is reached with a user name and a password of any characters', async () => {
      const proxy = await startProxy({ user: `dömain\\me:${PASSWORD}` });
      const user = `${encodeURIComponent('dömain\\me')}:${encodeURIComponent(PASSWORD)}`;
      try {
        assert.equal(await askOnce('tc.invalid', via(proxy.port, '', user)), SUCCESS);
        assert.deepEqual(await proxy.tunnels(), [`tc.invalid:${port}`]);
      } finally {
        proxy.stop();
      }
    });

    test('is reached with a password that has a lone percent sign', async () => {
      const proxy = await startProxy({ user: 'me:100%' });
      try {
        assert.equal(await askOnce('tc.invalid', via(proxy.port, '', 'me:100%')), SUCCESS);
      } finally {
        proxy.stop();
      }
    });

    for (const user of ['', `me:${encodeURIComponent(PASSWORD)}`]) {
      test(`that wants other credentials than ${user === '' ? 'none' : 'those given'} ends the run with a message that names the proxy`, async () => {
        const proxy = await startProxy({ user: 'other:other' });
        try {
          const error = await errorOf(askOnce('tc.invalid', via(proxy.port, '', user)));
          secretless(error);
          assert.equal(error.constructor, SourceProxyRefusedError);
          assert.equal(
            error.message,
            `GET /api/v3/indicators: the proxy http://127.0.0.1:${proxy.port} answered 407 to CONNECT: ` +
              'it wants a user name and a password, or others than those in HTTPS_PROXY',
          );
        } finally {
          proxy.stop();
        }
      });
    }

    for (const [answer, Class] of [
      [403, SourceProxyRefusedError],
      [502, SourceUnavailableError],
      [503, SourceUnavailableError],
    ] as const) {
      test(`that answers ${answer} is reported as an answer of the proxy, not of the source`, async () => {
        const proxy = await startProxy({ answer });
        try {
          const error = await errorOf(askOnce('tc.invalid', via(proxy.port)));
          assert.equal(error.constructor, Class);
          assert.match(
            error.message,
            new RegExp(`the proxy http://127.0.0.1:\\d+ answered ${answer} to CONNECT`),
          );
          if (!(error instanceof SourceUnavailableError)) return;
          unavailable(error);
          assert.ok(error.isOfProxy);
        } finally {
          proxy.stop();
        }
      });
    }

    test('that never answers fails after the time-out', async () => {
      const proxy = await startProxy({ answer: 0 });
      try {
        const options = { ...via(proxy.port), httpTimeoutMs: 200 };
        unavailable(await errorOf(askOnce('tc.invalid', options)));
      } finally {
        proxy.stop();
      }
    });

    test('that is reached by TLS is also trusted by TC_CA_FILE, and only under its own name', async () => {
      const proxy = await startProxy({ user: `me:${PASSWORD}`, tls: true });
      const at = (host: string): Partial<HttpOptions> => {
        const address = `https://me:${encodeURIComponent(PASSWORD)}@${host}:${proxy.port}`;
        return { proxy: { url: { reveal: () => address }, noProxy: '' } };
      };
      try {
        assert.equal(await askOnce('tc.invalid', at('localhost')), SUCCESS);
        const unknown = await errorOf(askOnce('tc.invalid', { ...at('localhost'), ca: null }));
        unavailable(unknown);
        assert.match(unknown.message, /SELF_SIGNED_CERT.*TC_CA_FILE/);
        const misnamed = await errorOf(askOnce('tc.invalid', at('127.0.0.1')));
        unavailable(misnamed);
        assert.match(misnamed.message, /UND_ERR_PRX_TLS.*is HTTPS_PROXY/);
      } finally {
        proxy.stop();
      }
    });

    test('that is down is reported without its password', async () => {
      const down = await closedPort();
      const options = via(down, '', `me:${encodeURIComponent(PASSWORD)}`);
      const error = await errorOf(askOnce('tc.invalid', options));
      unavailable(error);
      assert.ok(error.message.includes(`(HTTPS_PROXY: http://127.0.0.1:${down})`), error.message);
      assert.match(error.message, /ECONNREFUSED/);
      assert.ok(error instanceof SourceUnavailableError && error.isOfProxy);
    });

    test('distinguishes a source without TLS from a proxy without TLS, in one line', async () => {
      const proxy = await startProxy();
      const plain = createServer((socket) => socket.end('HTTP/1.1 400 No\r\n\r\n'));
      plain.listen(0, '127.0.0.1');
      await once(plain, 'listening');
      const warnings: string[] = [];
      const warned = ({ message }: Error) => warnings.push(message);
      process.on('warning', warned);
      try {
        const { port: plainPort } = plain.address() as AddressInfo;
        const ofSource = await errorOf(askOnce('tc.invalid', via(proxy.port), plainPort));
        const address = `https://127.0.0.1:${proxy.port}`;
        const byTls = { proxy: { url: { reveal: () => address }, noProxy: '' } };
        const ofProxy = await errorOf(askOnce('tc.invalid', byTls));
        for (const [error, isOfProxy] of [
          [ofSource, false],
          [ofProxy, true],
        ] as const) {
          unavailable(error);
          assert.match(error.message, /wrong version number/i);
          assert.doesNotMatch(error.message, /\n/);
          assert.equal((error as SourceUnavailableError).isOfProxy, isOfProxy);
        }
        assert.deepEqual(warnings, []);
      } finally {
        process.off('warning', warned);
        proxy.stop();
        plain.close();
      }
    });

    test('that closes the connection is reported as the cause, with and without TLS', async () => {
      const mute = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
      await once(mute, 'listening');
      const { port: mutePort } = mute.address() as AddressInfo;
      try {
        for (const [scheme, url] of [
          ['http', `https://localhost:${port}/api`],
          ['https', `https://localhost:${port}/api`],
          ['https', 'http://tc.invalid/api'],
        ] as const) {
          const address = `${scheme}://127.0.0.1:${mutePort}`;
          const http = createClient({
            url,
            proxy: { url: { reveal: () => address }, noProxy: '' },
          });
          const error = await errorOf(ask(http));
          await http.close();
          secretless(error);
          assert.ok(error instanceof SourceUnavailableError, error.name);
          assert.ok(error.isOfProxy, `${address} before ${url}: ${error.message}`);
        }
      } finally {
        mute.close();
      }
    });
  });

  describe('with NO_PROXY', () => {
    let proxy: Proxy;
    before(async () => {
      proxy = await startProxy();
    });
    after(() => proxy.stop());

    for (const [noProxy, host, isDirect] of [
      ['', 'localhost', false],
      ['localhost', 'localhost', true],
      ['other, LOCALHOST', 'localhost', true],
      ['localhost:PORT', 'localhost', true],
      ['localhost:1', 'localhost', false],
      ['*', 'localhost', true],
      ['host', 'localhost', false],
      ['.tc.invalid', 'a.tc.invalid', true],
      ['tc.invalid', 'a.tc.invalid', true],
      ['*.tc.invalid', 'a.tc.invalid', true],
      ['c.invalid', 'a.tc.invalid', false],
      ['*.tc.invalid', 'tc.invalid', false],
    ] as const) {
      test(`"${noProxy}" reaches ${host} ${isDirect ? 'directly' : 'through the proxy'}`, async () => {
        const asked = (await proxy.tunnels()).length;
        const options = via(proxy.port, noProxy.replace('PORT', String(port)));
        const answer = askOnce(host, options);
        // a name that only the proxy knows cannot be reached directly
        if (isDirect && host !== 'localhost') unavailable(await errorOf(answer));
        else assert.equal(await answer, SUCCESS);
        assert.equal((await proxy.tunnels()).length - asked, isDirect ? 0 : 1);
      });
    }
  });
});
