import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  SourceBadRequestError,
  SourceContractError,
  SourceForbiddenError,
  SourceProxyRefusedError,
  SourceRateLimitedError,
  SourceUnauthorizedError,
  SourceUnavailableError,
} from '../../../../contracts/errors.ts';
import {
  checkEnvelope,
  redirectOrigin,
  retryAfterMs,
  toSourceError,
} from '../../../../activities/threatconnect/source-error.ts';
import type { Circumstances } from '../../../../activities/threatconnect/refusal-causes.ts';

const REQUEST = 'GET /api/v3/indicators';
const HTML = '<html><body>Bad Gateway</body></html>';

function said(message: string): string {
  return JSON.stringify({ errCode: '0x1001', message, status: 'Error' });
}

const CIRCUMSTANCES: Circumstances = {
  scheme: 'hmac',
  isPlain: false,
  wasAccepted: false,
  mayNameOwners: true,
};

function errorOf(
  statusCode: number,
  body: string,
  retryAfter: number | null = null,
  circumstances: Partial<Circumstances> = {},
): Error {
  return toSourceError({
    request: REQUEST,
    statusCode,
    elapsedMs: 30_000,
    retryAfterMs: retryAfter,
    redirectOrigin: null,
    clockTrouble: null,
    body,
    circumstances: { ...CIRCUMSTANCES, ...circumstances },
  });
}

const AFTER = 'after 30000 ms';
for (const [statusCode, body, Class, begins] of [
  [400, said('Bad TQL'), SourceBadRequestError, `400 ${AFTER} "Bad TQL"`],
  [
    401,
    said('Unauthorized'),
    SourceUnauthorizedError,
    `401 ${AFTER} "Unauthorized"; likely causes`,
  ],
  [403, said('No owner'), SourceForbiddenError, `403 ${AFTER} "No owner"; likely causes: an`],
  [407, HTML, SourceProxyRefusedError, `407 ${AFTER} with a proxy's page: that is a proxy`],
  [404, HTML, SourceBadRequestError, `404 ${AFTER} with a proxy's page`],
  [429, HTML, SourceRateLimitedError, `429 ${AFTER}`],
  [500, said('Internal error'), SourceUnavailableError, `500 ${AFTER} "Internal error"`],
  [502, HTML, SourceUnavailableError, `502 ${AFTER} with a proxy's page`],
  [503, HTML, SourceUnavailableError, `503 ${AFTER} with a proxy's page`],
  [503, said('API is not Licensed'), SourceForbiddenError, `503 ${AFTER} "API is not Licensed"`],
  [503, said('Maintenance'), SourceUnavailableError, `503 ${AFTER} "Maintenance"`],
  [504, '', SourceUnavailableError, `504 ${AFTER}`],
  [302, HTML, SourceBadRequestError, `302 ${AFTER} with a proxy's page`],
] as const) {
  test(`${statusCode} with ${body === '' ? 'nothing' : body} is a ${Class.name}`, () => {
    const error = errorOf(statusCode, body);
    assert.equal(error.constructor, Class);
    assert.ok(error.message.startsWith(`${REQUEST}: ${begins}`), error.message);
    assert.doesNotMatch(error.message, /html/);
  });
}

for (const [what, error, causes] of [
  [
    'a wrong signature at first',
    errorOf(401, said('Signature data did not match expected result')),
    /: a wrong secret key .*, a wrong access id, a clock .* off, or a proxy that rewrites the query$/,
  ],
  [
    'a wrong signature of credentials that were accepted before',
    errorOf(401, said('Signature data did not match expected result'), null, { wasAccepted: true }),
    /: a proxy that rewrites the query \(the credentials were accepted before\), or a secret key that was replaced$/,
  ],
  [
    'a Timestamp header that did not arrive',
    errorOf(401, said('Invalid timestamp')),
    /: a proxy that drops or changes the Timestamp header, which was sent$/,
  ],
  [
    'a time that is refused',
    errorOf(401, said('Timestamp out of acceptable time range'), null, { wasAccepted: true }),
    /: a clock .* off, or a proxy that writes a Date of its own or changes the Timestamp header$/,
  ],
  [
    'a token',
    errorOf(401, said('Unauthorized'), null, { scheme: 'token' }),
    /: a token that has expired or was replaced, or a token of another instance$/,
  ],
  [
    'a 401 with a page',
    errorOf(401, HTML, null, { wasAccepted: true }),
    /: a firewall, a proxy or a log-in page in between/,
  ],
  [
    'a 403 for owners by https',
    errorOf(403, said('Access Denied'), null, { mayNameOwners: false }),
    /: a proxy that drops the Authorization header$/,
  ],
  [
    'a 403 by plain http',
    errorOf(403, said('Access Denied'), null, { isPlain: true }),
    /: an owner in TC_OWNERS .*, plain http .*, or a proxy that drops the Authorization header$/,
  ],
  [
    'a 403 with a page for one query alone',
    errorOf(403, HTML, null, { isPlain: true, wasAccepted: true }),
    /: a firewall, a proxy or a log-in page in between \([^,]*\)$/,
  ],
] as const) {
  test(`${what} names the causes that what is known leaves`, () => {
    const [, told = ''] = error.message.split('; likely causes');
    assert.match(told, causes);
  });
}

for (const [statusCode, mayBeWeight] of [
  [408, false],
  [500, true],
  [502, true],
  [503, false],
  [504, true],
  [522, false],
  [524, true],
] as const) {
  test(`${statusCode} ${mayBeWeight ? 'may' : 'does not'} mean that the page is too heavy`, () => {
    const error = errorOf(statusCode, HTML);
    assert.ok(error instanceof SourceUnavailableError);
    assert.equal(error.mayBeWeight, mayBeWeight);
  });
}

for (const [location, origin] of [
  [undefined, null],
  ['https://sso.example/login?session=s3cr3t', 'https://sso.example'],
  ['http://me:s3cr3t@sso.example:8080/#s3cr3t', 'http://sso.example:8080'],
  ['/login?s3cr3t', 'https://tc.example'],
  ['//other.example/x', 'https://other.example'],
  ['https://', 'nowhere'],
  ['mailto:s3cr3t', 'mailto://'],
] as const) {
  test(`a redirect to ${location} is reported as one to ${origin}`, () => {
    assert.equal(redirectOrigin(location, 'https://tc.example'), origin);
  });
}

test('the error keeps the pause that the source asks for', () => {
  for (const statusCode of [429, 503]) {
    const error = errorOf(statusCode, HTML, 7_000);
    assert.equal((error as SourceRateLimitedError | SourceUnavailableError).retryAfterMs, 7_000);
  }
});

for (const body of ['null', '5', '[]', '"x"', '{}', '{"message":7}', '{"message":', '']) {
  test(`an answer 400 with the body ${JSON.stringify(body)} is reported without a quotation`, () => {
    assert.equal(errorOf(400, body).message, `${REQUEST}: 400 ${AFTER}`);
  });
}

const NOW = Date.UTC(2026, 0, 31, 12, 0, 0);
for (const [header, expected] of [
  [undefined, null],
  ['', null],
  ['soon', null],
  ['soon 5', null],
  ['-5', null],
  ['1.5', null],
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['Sat, 31 Jan 2026 12:01:00 GMT', 60_000],
  ['Sat, 31 Jan 2026 11:59:00 GMT', -60_000],
] as const) {
  test(`\`Retry-After\` ${JSON.stringify(header)} asks for ${expected} ms`, () => {
    assert.equal(retryAfterMs(header, NOW), expected);
  });
}

test('an envelope is valid only if its status is Success', () => {
  const envelope = { data: [], status: 'Success' };
  assert.equal(checkEnvelope(envelope, REQUEST), envelope);
});

for (const [envelope, message] of [
  [null, 'the body is no JSON object'],
  [[], 'the body is no JSON object'],
  ['Success', 'the body is no JSON object'],
  [{ data: [] }, 'status is missing, not "Success"'],
  [{ status: 'Failure', data: [] }, 'status is "Failure", not "Success"'],
  [{ status: 'success' }, 'status is "success", not "Success"'],
  [{ status: 'Error', message: 'no' }, 'status is "Error", not "Success" "no"'],
  [{ status: 'Failure', message: 'no' }, 'status is "Failure", not "Success" "no"'],
  [{ status: { deep: 1 } }, 'status is something else, not "Success"'],
  [{ status: 'phished.example is bad' }, 'status is something else, not "Success"'],
] as const) {
  test(`200 with ${JSON.stringify(envelope)} breaks the contract`, () => {
    assert.throws(
      () => checkEnvelope(envelope, REQUEST),
      new SourceContractError(`${REQUEST}: ${message}`),
    );
  });
}
