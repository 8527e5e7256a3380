import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  authenticationHeaders,
  type Credentials,
} from '../../../../activities/threatconnect/signature.ts';

const SECRET_KEY = 's3cr3t$%Key/+=&with^odd!chars';
const HMAC: Credentials = {
  scheme: 'hmac',
  accessId: '12345678901234567890',
  secretKey: { reveal: () => SECRET_KEY },
};
const AT_MS = 1_767_225_600_000;

// computed without this program
for (const [target, signature] of [
  ['/api/v3/security/owners', 'tbfMdufrgCNV4+pduMvlw2dHh0l8VGxqSHEOr68pXeQ='],
  [
    '/api/v3/indicators?resultLimit=10000&sorting=id%20asc&tql=id%20%3E%20738667',
    'bzaMflarsmKJdzsexeuOtQWQvQaCQ2pGdHBVQAXoP2s=',
  ],
  [
    '/api/v3/indicators?resultLimit=10000&sorting=id+asc&tql=id+%3E+738667',
    '38XIRgBHRMskWdy5R4TZIqGxXwGpuzAQpe/byPpTQWk=',
  ],
  [
    '/api/v3/indicators?resultLimit=10000&sorting=id%20asc&tql=ownerName%20%3D%20%22Caf%C3%A9%20%26%20Co%22',
    'LZaAOASQPQ/9ieF/ZxtP4x3HmDKtzrXP+InSBi8TXY0=',
  ],
] as const) {
  test(`ThreatConnect accepts the signature of GET ${target}`, () => {
    assert.deepEqual(authenticationHeaders(HMAC, 'GET', target, AT_MS), {
      timestamp: '1767225600',
      authorization: `TC 12345678901234567890:${signature}`,
    });
  });
}

test('the timestamp is whole seconds, the same in the header and under the signature', () => {
  const early = authenticationHeaders(HMAC, 'GET', '/api/v3/indicators', AT_MS);
  assert.deepEqual(authenticationHeaders(HMAC, 'GET', '/api/v3/indicators', AT_MS + 999), early);
  const later = authenticationHeaders(HMAC, 'GET', '/api/v3/indicators', AT_MS + 1_000);
  assert.equal(later.timestamp, '1767225601');
  assert.notEqual(later.authorization, early.authorization);
});

test('a token is sent as `TC-Token`, with nothing signed', () => {
  const token: Credentials = { scheme: 'token', token: { reveal: () => 'APIV2:1:abc:99:x=' } };
  assert.deepEqual(authenticationHeaders(token, 'GET', '/api/v3/indicators', AT_MS), {
    authorization: 'TC-Token APIV2:1:abc:99:x=',
  });
});
