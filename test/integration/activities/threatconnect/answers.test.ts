import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  SourceBadRequestError,
  SourceContractError,
  SourceForbiddenError,
  SourceTooSlowError,
  SourceUnavailableError,
} from '../../../../contracts/errors.ts';
import { ask, createClient, errorOf, SUCCESS, withSource, type Answerer } from './tiny-source.ts';

const IMPATIENT = { httpTimeoutMs: 150 };
/** More than a socket's buffers hold, so that the server must wait for the reader. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, ' ');

for (const [what, answer] of [
  ['instead of an answer', (response) => response.socket?.resetAndDestroy()],
  ['without an answer', (response) => response.socket?.end()],
  [
    'in the middle of the head',
    (response) => response.socket?.end('HTTP/1.1 200 OK\r\nContent-Type: appl'),
  ],
  [
    'in the middle of the body',
    (response) =>
      response.writeHead(200, { 'content-length': 99 }).write('{"data":[', () => {
        response.destroy();
      }),
  ],
  [
    'in the middle of a chunked body',
    (response) =>
      response.writeHead(200).write('{"data":[', () => {
        response.destroy();
      }),
  ],
] as readonly (readonly [string, Answerer])[]) {
  test(`a connection that breaks ${what} may mean that the page is too heavy`, async () => {
    await withSource(answer, async (http) => {
      const error = await errorOf(ask(http));
      assert.ok(error instanceof SourceUnavailableError, error.stack);
      assert.equal(error.mayBeWeight, true);
      assert.match(
        error.message,
        /^GET \/api\/v3\/indicators: the connection broke after \d+ ms \(/,
      );
    });
  });
}

test('a failed connection attempt does not mean that the page is too heavy', async () => {
  let gone = '';
  await withSource(
    (response) => response.end(SUCCESS),
    async (_http, _asked, url) => {
      gone = url;
    },
  );
  const http = createClient({ url: `${gone}/api` });
  const error = await errorOf(ask(http));
  await http.close();
  assert.ok(error instanceof SourceUnavailableError);
  assert.equal(error.mayBeWeight, false);
  assert.match(error.message, /: no connection to http:\/\/127.*after \d+ ms \(ECONNREFUSED/);
});

for (const [what, answer] of [
  ['the head of an answer', () => undefined],
  ['the body', (response) => response.writeHead(200).flushHeaders()],
  ['more of the body', (response) => response.writeHead(200).write('{"data":[')],
] as readonly (readonly [string, Answerer])[]) {
  test(`a wait longer than TC_HTTP_TIMEOUT for ${what} fails as too slow`, async () => {
    await withSource(
      answer,
      async (http) => {
        const error = await errorOf(ask(http));
        assert.ok(error instanceof SourceTooSlowError, error.stack);
        assert.match(
          error.message,
          /^GET \/api\/v3\/indicators: nothing came for 150 ms \(TC_HTTP_TIMEOUT\), after \d+ ms in all$/,
        );
      },
      IMPATIENT,
    );
  });
}

test('a body may take far longer than TC_HTTP_TIMEOUT while more bytes arrive', async () => {
  await withSource(
    (response) => {
      response.writeHead(200);
      let left = 80;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) response.write(' ');
        else {
          clearInterval(timer);
          response.end(SUCCESS);
        }
      }, 25);
    },
    async (http) => assert.equal((await ask(http)).trim(), SUCCESS),
    { httpTimeoutMs: 1_000 }, // it takes two seconds, and its chunks may be late on a busy machine
  );
});

test('a slow reader does not cause a time-out of the source', async () => {
  await withSource(
    (response, { url }) => {
      if (url?.includes('mute')) return;
      response.write(LARGE);
      response.end(SUCCESS);
    },
    async (http) => {
      const { signal } = new AbortController();
      const { body } = await http.get('/v3/indicators', [], signal);
      // reads again only after another request has timed out twice
      for (let times = 0; times < 2; times += 1) {
        const error = await errorOf(http.get('/v3/mute', [], signal));
        assert.ok(error instanceof SourceTooSlowError);
      }
      let bytes = 0;
      for await (const piece of body) bytes += piece.length;
      assert.equal(bytes, LARGE.length + SUCCESS.length);
    },
    IMPATIENT,
  );
});

test('a refusal whose body does not end is still reported with its status', async () => {
  await withSource(
    (response) => {
      response.writeHead(504, { 'content-type': 'text/html' }).write('<html>');
    },
    async (http) => {
      const error = await errorOf(ask(http));
      assert.match(error.message, /: 504 after \d+ ms with a page for people$/);
    },
    IMPATIENT,
  );
});

for (const [what, answer] of [
  ['before the head', () => undefined],
  ['in the body', (response) => response.writeHead(200).write(' ')],
  ['in a refusal', (response) => response.writeHead(500).write(' ')],
] as readonly (readonly [string, Answerer])[]) {
  test(`a request that is cancelled ${what} fails with the cancellation`, async () => {
    const cancelled = new AbortController();
    await withSource(
      (response, request, number) => {
        answer(response, request, number);
        setImmediate(() => cancelled.abort(new Error('cancelled')));
      },
      async (http) => {
        assert.equal((await errorOf(ask(http, cancelled.signal))).message, 'cancelled');
      },
    );
  });
}

for (const [what, page, words] of [
  ['a log-in form', '<html><form><input type="password" name=p>', 'a log-in page'],
  ['a link to a log-in form', '\uFEFF <!doctype html><a href=/x>Sign in</a>', 'a log-in page'],
  ['a form of SAML', '<html><input name="SAMLRequest" value="c2VjcmV0">', 'a log-in page'],
  ['maintenance', '\n<h1>Scheduled maintenance</h1>', 'a maintenance page'],
  ['a proxy', '<html>Blocked by the firewall of Acme', "a proxy's page"],
  ['something', '<?xml version="1.0"?><secret/>', 'a page for people'],
] as const) {
  for (const contentType of ['text/html', 'application/json']) {
    test(`200 with a page about ${what}, of type ${contentType}, is named in the message`, async () => {
      await withSource(
        (response) => response.writeHead(200, { 'content-type': contentType }).end(page),
        async (http) => {
          const error = await errorOf(ask(http));
          assert.equal(error.constructor, SourceContractError);
          assert.equal(error.message, `GET /api/v3/indicators: 200 with ${words} instead of JSON`);
        },
      );
    });
  }
}

test('a body that a proxy has compressed is reported as compressed, not as broken JSON', async () => {
  await withSource(
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('\x1F\x8B\x08'),
    async (http) => {
      const error = await errorOf(ask(http));
      assert.equal(error.constructor, SourceContractError);
      assert.match(error.message, /: the body is compressed/);
    },
  );
});

test('a redirect is not followed, and is reported with its target but without the query', async () => {
  await withSource(
    (response) =>
      response.writeHead(302, { location: 'https://sso.example/login?s=s3cr3t' }).end('<html>'),
    async (http, asked) => {
      const error = await errorOf(ask(http));
      assert.equal(error.constructor, SourceBadRequestError);
      assert.match(error.message, /: 302 after .*: a redirect to https:\/\/sso.example is not fol/);
      assert.doesNotMatch(error.message, /s3cr3t/);
      assert.equal(asked(), 1);
    },
  );
});

test('an instance without an API licence fails the run, but a busy proxy does not', async () => {
  await withSource(
    (response, _request, number) => {
      if (number === 1) {
        const message = 'API access has not been licensed for this system, please contact sales';
        response.writeHead(503).end(JSON.stringify({ message, status: 'Error' }));
      } else {
        response.writeHead(503, { 'content-type': 'text/html' }).end('<html>Not licensed</html>');
      }
    },
    async (http) => {
      const forGood = await errorOf(ask(http));
      assert.equal(forGood.constructor, SourceForbiddenError);
      assert.match(forGood.message, /503 after \d+ ms "API access has not been licensed/);
      assert.equal((await errorOf(ask(http))).constructor, SourceUnavailableError);
    },
  );
});

for (const token of ['APIV2:🦊', 'APIV2:line\nbreak', 'APIV2:nul\0']) {
  test(`a token that no header can hold is reported at once, without its text: ${JSON.stringify(token)}`, async () => {
    await withSource(
      (response) => response.end(SUCCESS),
      async (http, asked) => {
        const error = await errorOf(ask(http));
        assert.equal(error.constructor, SourceBadRequestError, error.stack);
        assert.match(error.message, /: cannot be sent \(.*TC_API_TOKEN/);
        assert.doesNotMatch(error.message, /APIV2/);
        assert.equal(asked(), 0);
      },
      { credentials: { scheme: 'token', token: { reveal: () => token } } },
    );
  });
}
