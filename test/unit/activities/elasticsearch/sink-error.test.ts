import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, errors, type DiagnosticResult } from '@elastic/elasticsearch';
import { atSink } from '../../../../activities/elasticsearch/sink-error.ts';
import {
  SinkForbiddenError,
  SinkMisconfiguredError,
  SinkOverloadedError,
  SinkTooLargeError,
  SinkUnauthorizedError,
  SinkUnavailableError,
} from '../../../../contracts/errors.ts';
import { toFailure } from '../../../../activities/attempt/failure.ts';

const WHAT = 'POST logs-x/_bulk';
const RECORD = 'evil.example';

const DIAGNOSTIC: Omit<DiagnosticResult, 'body' | 'statusCode' | 'headers'> = {
  warnings: null,
  meta: {
    context: null,
    name: 'elasticsearch-js',
    request: { params: { method: 'POST', path: '/_bulk' }, options: {}, id: 1 },
    connection: null,
    attempts: 0,
    aborted: false,
  },
};

function answer(statusCode: number, body: unknown, headers: Record<string, string> = {}) {
  return new errors.ResponseError({ ...DIAGNOSTIC, statusCode, body, headers });
}

function because(type: string): unknown {
  return { error: { type, reason: `failed to parse [${RECORD}]` } };
}

async function thrown(error: unknown, signal = new AbortController().signal): Promise<unknown> {
  return atSink(WHAT, signal, () => Promise.reject(error)).catch((caught: unknown) => caught);
}

for (const [error, Class, message] of [
  [
    answer(401, because('security_exception')),
    SinkUnauthorizedError,
    '401 security_exception; the API key',
  ],
  [
    answer(403, because('security_exception')),
    SinkForbiddenError,
    '403 security_exception; the API key or user is wrong, has expired, or lacks a privilege',
  ],
  [
    answer(403, {
      error: {
        type: 'security_exception',
        reason:
          'action [cluster:admin/ilm/put] is unauthorized for API key id [x] of user [u], this action is granted by the cluster privileges [manage_ilm,manage,all]',
      },
    }),
    SinkForbiddenError,
    '403 security_exception; the API key or user lacks the cluster privilege manage_ilm (manage or all grants it too)',
  ],
  [
    answer(403, because('cluster_block_exception')),
    SinkMisconfiguredError,
    '403 cluster_block_exception; the index or the cluster is blocked for writing',
  ],
  [
    answer(403, '<html>blocked by policy</html>'),
    SinkMisconfiguredError,
    '403 (no reason given); something other than Elasticsearch’s security refuses the request',
  ],
  [
    answer(401, '<html>'),
    SinkUnauthorizedError,
    '401 (no reason given); that is not the answer of Elasticsearch: a proxy',
  ],
  [
    answer(401, JSON.stringify(because('security_exception')), { 'content-type': 'text/plain' }),
    SinkUnauthorizedError,
    '401 security_exception; the API key',
  ],
  [
    answer(429, because('cluster_block_exception')), // the flood stage of the disk
    SinkOverloadedError,
    '429 cluster_block_exception; a disk is above its flood-stage watermark',
  ],
  [
    answer(429, because('circuit_breaking_exception')),
    SinkOverloadedError,
    '429 circuit_breaking_exception',
  ],
  [answer(500, because('x_exception')), SinkUnavailableError, '500 x_exception'],
  [answer(503, '<html>'), SinkUnavailableError, '503 (no reason given)'],
  [
    answer(404, because('index_not_found_exception')),
    SinkMisconfiguredError,
    '404 index_not_found_exception',
  ],
  [answer(400, { error: 'no handler found' }), SinkMisconfiguredError, '400 no handler found'],
  [
    answer(400, because('illegal_argument_exception')),
    SinkMisconfiguredError,
    '400 illegal_argument_exception',
  ],
  [answer(413, ''), SinkTooLargeError, '413 (no reason given); the request is larger than'],
  [answer(413, null), SinkTooLargeError, '413 (no reason given); the request is larger than'],
  [
    new errors.ConnectionError('connect ECONNREFUSED'),
    SinkUnavailableError,
    'connect ECONNREFUSED',
  ],
  [new errors.TimeoutError('Request timed out'), SinkUnavailableError, 'Request timed out'],
  [
    new errors.DeserializationError('Unexpected end', `{"x":"${RECORD}`),
    SinkUnavailableError,
    'the answer is not JSON',
  ],
  [
    new errors.ProductNotSupportedError('Elasticsearch'),
    SinkMisconfiguredError,
    'the server is not Elasticsearch',
  ],
] as const) {
  test(`${error.name} "${message}" is a ${Class.name}, and its message quotes no document`, async () => {
    const caught = await thrown(error);
    assert.ok(caught instanceof Class, String(caught));
    assert.ok(caught.message.startsWith(`${WHAT}: ${message}`), caught.message);
    assert.ok(!caught.message.includes(RECORD));
    assert.equal(caught.cause, error);
  });
}

for (const [header, expected] of [
  [undefined, null],
  ['7', 7_000],
  ['soon', null],
] as const) {
  test(`Elasticsearch’s \`retry-after\` ${header} asks for ${expected} ms`, async () => {
    const headers = header === undefined ? {} : { 'retry-after': header };
    const caught = await thrown(answer(429, because('x'), headers));
    assert.ok(caught instanceof SinkOverloadedError);
    assert.equal(caught.retryAfterMs, expected);
  });
}

test('a cancelled request fails with the reason of the cancellation, not with that of a broken connection', async () => {
  const cancelled = new Error('cancelled');
  assert.equal(
    await thrown(new errors.ConnectionError('aborted'), AbortSignal.abort(cancelled)),
    cancelled,
  );
});

test('an error of the program is not reported as one of Elasticsearch', async () => {
  const bug = new TypeError('x is undefined');
  assert.equal(await thrown(bug), bug);
});

test('a successful answer is returned', async () => {
  assert.equal(await atSink(WHAT, new AbortController().signal, () => Promise.resolve(7)), 7);
});

for (const apiKey of ['VnVh\n', 'VnVh\r\n', 'Vn\u200BVh', 'ключ']) {
  test(`a key that no header can hold is not reported as a failed connection: ${JSON.stringify(apiKey)}`, async () => {
    const sink = new Client({ node: 'http://127.0.0.1:1', auth: { apiKey }, maxRetries: 0 });
    const { signal } = new AbortController();
    const error = await atSink('GET /', signal, () => sink.info()).catch((caught) => caught);
    await sink.close();
    assert.ok(error instanceof SinkUnauthorizedError, String(error));
    assert.match(error.message, /^GET \/: cannot be sent \(.*ES_API_KEY/);
    assert.ok(!error.message.includes(apiKey));
    assert.equal(toFailure(error, 1, String).nonRetryable, true);
  });
}
