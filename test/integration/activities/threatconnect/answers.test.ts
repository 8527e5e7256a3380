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
/** More than a socket's buffers hold, so that who does not read it halts the server. */
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
  test(`a connection that breaks ${what} may have broken under the answer's weight`, async () => {
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

test('a server that is not there has not been given anything heavy', async () => {
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
  test(`who waits longer than TC_HTTP_TIMEOUT for ${what} gives up as too slow`, async () => {
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

test('a body may take far longer than TC_HTTP_TIMEOUT as long as more of it comes', async () => {
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
    { httpTimeoutMs: 1_000 }, // it takes two seconds, and its pieces may be late on a busy machine
  );
});

test('who reads slowly is not told that the source is slow', async () => {
  await withSource(
    (response, { url }) => {
      if (url?.includes('mute')) return;
      response.write(LARGE);
      response.end(SUCCESS);
    },
    async (http) => {
      const { signal } = new AbortController();
      const { body } = await http.get('/v3/indicators', [], signal);
      // does not read on until another request has met the time-out, twice
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

test('a refusal whose page does not come to its end is still told by its status', async () => {
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
  test(`who is cancelled ${what} ends with the cancellation and nothing else`, async () => {
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
  ['a way to one', '\uFEFF <!doctype html><a href=/x>Sign in</a>', 'a log-in page'],
  ['a form of SAML', '<html><input name="SAMLRequest" value="c2VjcmV0">', 'a log-in page'],
  ['maintenance', '\n<h1>Scheduled maintenance</h1>', 'a maintenance page'],
  ['a proxy', '<html>Blocked by the firewall of Acme', "a proxy's page"],
  ['something', '<?xml version="1.0"?><secret/>', 'a page for people'],
] as const) {
  for (const contentType of ['text/html', 'application/json']) {
    test(`200 with a page about ${what}, called ${contentType}, is told in words`, async () => {
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

test('a body that a proxy has compressed is no mystery of broken JSON', async () => {
  await withSource(
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('\x1F\x8B\x08'),
    async (http) => {
      const error = await errorOf(ask(http));
      assert.equal(error.constructor, SourceContractError);
      assert.match(error.message, /: the body is compressed/);
    },
  );
});

test('a redirect is not followed, and told with where it leads but not with its query', async () => {
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

test('an instance without a licence for its API is refused for good, a proxy that is busy is not', async () => {
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
  test(`a token that no header can hold is told at once, without it: ${JSON.stringify(token)}`, async () => {
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
