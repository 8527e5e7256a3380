import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { idsOf, startUnderTest, type Asked, type UnderTest } from './threatconnect-under-test.ts';

const OWNERS = '/api/v3/security/owners';
const NOW_MS = 1_767_225_600_000;

describe('who gets into the ThreatConnect stand-in', () => {
  let server: UnderTest;
  before(async () => {
    server = await startUnderTest({ records: 400, associations: false });
    await server.control.post('/_sim/clock', { nowMs: NOW_MS });
  });
  after(() => server.close());
  afterEach(async () => {
    await server.control.delete('/_sim/script');
    await server.control.post('/_sim/clock', { nowMs: NOW_MS });
  });

  /** Line, what is sent, status, message. */
  const REFUSED: readonly [string, Asked, number, string][] = [
    ['1.4 "No Authorization … 403"', { headers: {} }, 403, 'Access Denied'],
    [
      '1.3 "It is not Bearer"; 1.4 "unsupported scheme"',
      { headers: { Authorization: 'Bearer x' } },
      403,
      'Access Denied',
    ],
    ['1.4 "Unknown access id: Access Denied, 401 or 403"', { accessId: '9' }, 401, 'Access Denied'],
    [
      '1.4 "Signature wrong"',
      { secret: 'another' },
      401,
      'Signature data did not match expected result',
    ],
    [
      '1.4 "Invalid timestamp"',
      { headers: { Authorization: 'TC 12345678901234567890:x', Timestamp: 'now' } },
      401,
      'Invalid timestamp',
    ],
    [
      '1.4 "Timestamp out of acceptable time range"',
      { headers: { Authorization: 'TC 12345678901234567890:x', Timestamp: '1767225000' } },
      401,
      'Timestamp out of acceptable time range',
    ],
    [
      '1.4 "Expired or replaced token: Unauthorized"',
      { headers: { Authorization: 'TC-Token gone' } },
      401,
      'Unauthorized',
    ],
  ];
  for (const [spec, asked, status, message] of REFUSED) {
    test(`${spec}: ${status}`, async () => {
      const answer = await server.ask(OWNERS, asked);
      assert.equal(answer.status, status);
      assert.deepEqual([answer.body['message'], answer.body['status']], [message, 'Error']);
    });
  }

  test('an unknown access id may be 403: 1.4 "401 or 403" (D)', async () => {
    await server.control.post('/_sim/switches', { unknownAccessIdStatus: 403 });
    assert.equal((await server.ask(OWNERS, { accessId: '9' })).status, 403);
  });

  test('a token expires in the midst of a scan: 1.3 "expires after the number of days chosen there"', async () => {
    const headers = { Authorization: 'TC-Token APIV2:1:x' };
    await server.control.post('/_sim/credentials', {
      apiToken: 'APIV2:1:x',
      apiTokenExpiresMs: NOW_MS + 1000,
    });
    await server.control.post('/_sim/script', { afterPage: 2, do: { clock: { advanceMs: 1000 } } });
    const statuses: number[] = [];
    for (const resultStart of [0, 100, 200]) {
      const target = `/api/v3/indicators?resultStart=${resultStart}`;
      statuses.push((await server.ask(target, { headers })).status);
    }
    assert.deepEqual(statuses, [200, 200, 401]);
  });

  test('credentials are rotated in the midst of a scan: 1.3 "at once invalidates the previous one"', async () => {
    const secretKey = 's3cr3t$%Key/+=&with^odd!chars';
    await server.control.post('/_sim/script', { do: { credentials: { secretKey: 'new' } } });
    assert.equal((await server.list('indicators', {})).status, 200);
    assert.equal((await server.list('indicators', {})).status, 401);
    assert.equal((await server.ask(OWNERS, { secret: 'new' })).status, 200);
    await server.control.post('/_sim/credentials', { secretKey });
  });

  test('an owner vanishes between two pages, and its rows without any trace: 8. "a revoked one removes rows"', async () => {
    const owner = 'Acme Feed';
    const count = async () => {
      const asked = { resultLimit: 1, count: 'true' };
      return Number((await server.list('indicators', asked)).body['count']);
    };
    const whole = await count();
    await server.control.post('/_sim/script', { do: { owners: { hide: owner } } });
    await server.list('indicators', {});
    assert.ok((await count()) < whole);
    assert.equal((await server.list('indicators', { owner })).status, 403);
    const tql = `ownerName = "${owner}"`;
    assert.deepEqual((await server.list('indicators', { tql })).rows, []);
    await server.control.post('/_sim/owners', { show: owner });
    assert.equal(await count(), whole);
  });

  test('each API user sees its own owners: 8. "The API user sees only owners it belongs to"', async () => {
    const other = { accessId: '20', secret: 'other secret' };
    const user = { accessId: other.accessId, secretKey: other.secret, owners: ['Acme Feed'] };
    await server.control.post('/_sim/users', user);
    const seen = await server.ask(OWNERS, other);
    assert.deepEqual(
      seen.rows.map(({ name }) => name),
      ['Acme Feed'],
    );
    const mine = await server.ask('/api/v3/indicators?resultLimit=1000', other);
    assert.ok(
      mine.rows.length > 0 && mine.rows.every(({ ownerName }) => ownerName === 'Acme Feed'),
    );
    const all = await server.list('indicators', { resultLimit: 1000 });
    assert.ok(all.rows.length > mine.rows.length);
    const hidden = all.rows.find(({ ownerName }) => ownerName !== 'Acme Feed');
    assert.equal((await server.ask(`/api/v3/indicators/${hidden?.id}`, other)).status, 404);
  });

  test('one summary in several owners has several ids and one commonId: 8. "the same summary in several owners is several objects"', async () => {
    const [row] = (await server.list('indicators', { resultLimit: 1 })).rows;
    const { type, summary }: Record<string, unknown> = row ?? {};
    const record = {
      type,
      summary,
      ownerName: row?.['ownerName'] === 'Acme Feed' ? 'Café & Co' : 'Acme Feed',
    };
    await server.control.post('/_sim/mutate', { changes: [{ op: 'create', record }] });
    const tql = `summary = "${String(summary).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const copies = await server.list('indicators', { tql });
    assert.ok(new Set(idsOf(copies)).size >= 2);
    assert.equal(
      (await server.list('indicators', { tql, owner: record.ownerName })).rows.length,
      1,
    );
  });
});
