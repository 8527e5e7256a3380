import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { SourceUnauthorizedError } from '../../../../contracts/errors.ts';
import { SourceClock } from '../../../../activities/threatconnect/source-clock.ts';
import { ask, errorOf, SUCCESS, withSource } from './tiny-source.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 12, 0, 0);
const TEN_MINUTES_MS = 600_000;
const REFUSAL = '{"message":"Timestamp out of acceptable time range","status":"Error"}';

function date(offsetMs: number): string {
  return new Date(NOW_MS + offsetMs).toUTCString();
}

function stoppedClock(): SourceClock {
  return new SourceClock(() => NOW_MS);
}

/** The received timestamps, as differences to the worker's clock. */
function differences(requests: readonly IncomingMessage['headers'][]): number[] {
  return requests.map(({ timestamp }) => Number(timestamp) * 1_000 - NOW_MS);
}

test('a wrong clock causes only one refusal: every later request has a valid signature', async () => {
  const came: IncomingMessage['headers'][] = [];
  await withSource(
    (response, { headers }, number) => {
      came.push(headers);
      response.setHeader('date', date(TEN_MINUTES_MS));
      response.writeHead(number === 1 ? 401 : 200).end(number === 1 ? REFUSAL : SUCCESS);
    },
    async (http) => {
      await ask(http);
      await ask(http);
    },
    {},
    stoppedClock(),
  );
  assert.deepEqual(differences(came), [0, TEN_MINUTES_MS, TEN_MINUTES_MS]);
  assert.notEqual(came[0]?.authorization, came[1]?.authorization);
});

for (const [what, headers] of [
  ['no Date', {}],
  ['an invalid Date', { date: 'in a while' }],
  ['a Date of another century', { date: 'Fri, 31 Dec 9999 23:59:59 GMT' }],
  ['the Date of a proxy page', { date: date(TEN_MINUTES_MS), 'content-type': 'text/html' }],
  ['the Date of a cached answer', { date: date(-TEN_MINUTES_MS), age: '600' }],
] as const) {
  test(`a refusal with ${what} is tried once more with the same time, and then reported`, async () => {
    const came: IncomingMessage['headers'][] = [];
    const clock = stoppedClock();
    await withSource(
      (response, request) => {
        came.push(request.headers);
        response.sendDate = false;
        response.writeHead(401, headers).end(REFUSAL);
      },
      async (http) => {
        const error = await errorOf(ask(http));
        assert.equal(error.constructor, SourceUnauthorizedError);
        assert.match(
          error.message,
          /: 401 after \d+ ms "Timestamp out of acceptable time range"; /,
        );
        assert.equal(/its clock says 9999/.test(error.message), /9999/.test(headers.date ?? ''));
      },
      {},
      clock,
    );
    assert.deepEqual(differences(came), [0, 0]);
    assert.equal(clock.offsetMs, 0);
  });
}

for (const statusCode of [502, 503, 403, 302]) {
  test(`an answer ${statusCode} does not set the clock`, async () => {
    const clock = stoppedClock();
    await withSource(
      (response) => response.writeHead(statusCode, { date: date(TEN_MINUTES_MS) }).end('{}'),
      async (http) => void (await errorOf(ask(http))),
      {},
      clock,
    );
    assert.equal(clock.offsetMs, 0);
  });
}

test('a log-in page with status 200 does not set the clock', async () => {
  const clock = stoppedClock();
  await withSource(
    (response) =>
      response
        .writeHead(200, { date: date(TEN_MINUTES_MS), 'content-type': 'text/html' })
        .end('<html>'),
    async (http) => void (await errorOf(ask(http))),
    {},
    clock,
  );
  assert.equal(clock.offsetMs, 0);
});

test('a request with a token is repeated once after a 401, and not again', async () => {
  await withSource(
    (response) => response.writeHead(401).end('{"message":"Unauthorized"}'),
    async (http, asked) => {
      assert.equal((await errorOf(ask(http))).constructor, SourceUnauthorizedError);
      assert.equal(asked(), 2);
    },
    { credentials: { scheme: 'token', token: { reveal: () => 'APIV2:1:abc:99:x=' } } },
  );
});

test('a failure of the second request is reported as it is', async () => {
  await withSource(
    (response, _request, number) => response.writeHead(number === 1 ? 401 : 502).end(),
    async (http) => {
      assert.match((await errorOf(ask(http))).message, /: 502 after \d+ ms$/);
    },
  );
});
