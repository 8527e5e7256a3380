import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, afterEach, before, describe, test } from 'node:test';
import { idsOf, startUnderTest, type UnderTest } from './threatconnect-under-test.ts';

const ASSOCIATIONS = ['associatedGroups', 'associatedIndicators'];

describe('what fails at the ThreatConnect stand-in', () => {
  let server: UnderTest;
  let ids: string[];
  before(async () => {
    server = await startUnderTest({ records: 60 });
    ids = idsOf(await server.list('indicators', { sorting: 'id asc' }));
  });
  after(() => server.close());
  afterEach(async () => {
    await server.control.delete('/_sim/faults');
    await server.control.delete('/_sim/killers');
  });

  /** Line, fault, status, content type, what the body looks like. */
  const ANSWERS: readonly [string, object, number, string, RegExp][] = [
    [
      '7. "no 429 is documented", without Retry-After',
      { kind: 'status', status: 429 },
      429,
      'application/json',
      /"status":"Error"/,
    ],
    [
      '9. "429 back off", with Retry-After',
      { kind: 'status', status: 429, headers: { 'Retry-After': '2' } },
      429,
      'application/json',
      /Error/,
    ],
    [
      '9. "InternalError 0x1007 500"',
      { kind: 'status', status: 500 },
      500,
      'application/json',
      /0x1007/,
    ],
    [
      '9. "502/504 from the proxy; HTML body"',
      { kind: 'status', status: 502 },
      502,
      'text/html',
      /<html/,
    ],
    ['9. "504"', { kind: 'status', status: 504 }, 504, 'text/html', /<html/],
    ['9. "503: proxy (HTML)"', { kind: 'status', status: 503 }, 503, 'text/html', /<html/],
    [
      '9. "503: API not licensed (JSON)"',
      { kind: 'notLicensed' },
      503,
      'application/json',
      /has not been licensed.*"status":"Error"/,
    ],
    [
      'open question 12 "Status and body of a TQL timeout"',
      { kind: 'tqlTimeout' },
      500,
      'application/json',
      /timed out/,
    ],
    [
      '9. "Bodies may be HTML, even with status 200"',
      { kind: 'html200' },
      200,
      'text/html',
      /<html/,
    ],
    [
      '9. "HTTP 200 with status other than Success must count as failure"',
      { kind: 'statusError' },
      200,
      'application/json',
      /"status":"Error"/,
    ],
    [
      '9. "surfaces as a JSON parse error"',
      { kind: 'notJson' },
      200,
      'application/json',
      /^\{"data":\[\{"id":$/,
    ],
  ];
  for (const [spec, fault, status, type, body] of ANSWERS) {
    test(`${JSON.stringify(fault)}: ${spec}`, async () => {
      await server.control.post('/_sim/faults', { on: 'page', times: 1, fault });
      const target = '/api/v3/indicators?resultLimit=5';
      const answer = await server.ask(target);
      assert.equal(answer.status, status);
      assert.ok(answer.contentType.startsWith(type));
      assert.match(answer.text, body);
      assert.equal((await server.ask(target)).status, 200);
    });
  }

  for (const [spec, fault] of [
    ['9. "connection closed midway in a large page"', { kind: 'cut' }],
    ['22. "connection reset"', { kind: 'reset' }],
  ] as const) {
    test(`${fault.kind} breaks the connection: ${spec}`, async () => {
      await server.control.post('/_sim/faults', { on: 'page', times: 1, fault });
      await assert.rejects(server.list('indicators', {}), { code: 'ECONNRESET' });
    });
  }

  test('a fault may wait for the third page, and hit related lists alone', async () => {
    const fault = { kind: 'status', status: 500 };
    await server.control.post('/_sim/faults', { on: 'related', after: 2, times: 1, fault });
    const statuses: number[] = [];
    for (const list of ['groups', 'indicators', 'tags', 'securityLabels', 'groups']) {
      statuses.push((await server.list(list, {})).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 500, 200]);
  });

  /** Line, killer, query, records before and behind it, what happens. */
  const KILLERS: readonly [string, object, object, 'page' | 'alone', number | 'ECONNRESET'][] = [
    ['2.4 "to avoid 502": on a page', {}, {}, 'page', 502],
    ['2.4 "502": alone too', {}, {}, 'alone', 502],
    ['2.4 "502": not alone', { alone: false }, {}, 'alone', 200],
    ['2.4 "502": not alone, on a page', { alone: false }, {}, 'page', 502],
    [
      '7. "heavy fields with big pages end in 502": without associations',
      { fields: ASSOCIATIONS },
      {},
      'page',
      200,
    ],
    [
      '7. "heavy fields": with associations',
      { fields: ASSOCIATIONS },
      { fields: ['associatedGroups'] },
      'page',
      502,
    ],
    [
      '7. "heavy fields": with what is below them',
      { fields: ASSOCIATIONS },
      { fields: ['associatedGroups.tags'] },
      'alone',
      502,
    ],
    ['9. "504"', { status: 504 }, {}, 'page', 504],
    ['22. "connection reset"', { how: 'reset' }, {}, 'page', 'ECONNRESET'],
  ];
  for (const [spec, killer, query, where, outcome] of KILLERS) {
    test(`a record that kills ${JSON.stringify(killer)}, ${where}, asked ${JSON.stringify(query)}: ${spec}`, async () => {
      const id = ids[7] ?? '';
      await server.control.post('/_sim/killers', { id, ...killer });
      const tql = where === 'alone' ? `id in (${id})` : `id >= ${ids[5]} AND id <= ${ids[9]}`;
      const asked = server.list('indicators', { tql, ...query });
      if (outcome === 'ECONNRESET') await assert.rejects(asked, { code: outcome });
      else assert.equal((await asked).status, outcome);
      const single = server.list(`indicators/${id}`, { ...query });
      if (where === 'alone') assert.equal((await single).status, outcome);
      else await single.catch(() => null);
      const others = await server.list('indicators', { tql: `id < ${id}`, ...query });
      assert.equal(others.rows.length, 7);
    });
  }

  for (const counts of [false, true]) {
    test(`a count ${counts ? 'dies of' : 'survives'} a record that kills, counts: ${counts}`, async () => {
      const id = ids[7] ?? '';
      await server.control.post('/_sim/killers', { id, counts });
      const asked = { tql: `id in (${id})`, count: 'true', resultLimit: 1 };
      const { status, text } = await server.list('indicators', asked);
      assert.equal(status, counts ? 502 : 200, text);
    });
  }

  test('a record that drips never ends, and says nothing but blanks: 22. "slow body"', async () => {
    await server.control.post('/_sim/killers', { id: ids[7], how: 'drip' });
    const headers = await signedHeaders(server);
    const bytes = await new Promise<string>((resolve, reject) => {
      const asked = get(
        `${server.url}/api/v3/indicators`,
        { headers, agent: false },
        (response) => {
          let text = '';
          response.on('error', reject);
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString();
            if (text.length < 3) return;
            response.removeAllListeners('error').on('error', () => undefined);
            asked.destroy();
            resolve(text);
          });
        },
      );
      asked.on('error', reject);
    });
    assert.equal(bytes.trim(), '');
  });

  test('a record that holds is reset when it is let go', async () => {
    await server.control.post('/_sim/killers', { id: ids[7], how: 'hold' });
    const asked = assert.rejects(server.list('indicators', {}), { code: 'ECONNRESET' });
    for (;;) {
      const { held } = await server.control.get<{ held: number }>('/_sim/faults');
      if (held === 1) break;
    }
    await server.control.delete('/_sim/killers');
    await asked;
  });

  /** Line, switches, query, status: a price beyond the time-out shows without waiting for it. */
  const PRICES: readonly [string, object, Record<string, string | number | string[]>, number][] = [
    [
      '7. "Cost of deep resultStart … grows with the offset"',
      { startDelayUs: 100_000 },
      { resultStart: 50 },
      500,
    ],
    [
      '7. "Cost of deep resultStart": the first page is cheap',
      { startDelayUs: 100_000 },
      { resultStart: 0 },
      200,
    ],
    [
      '7. "heavy fields with big pages"',
      { fieldDelayUs: 10_000 },
      { fields: ASSOCIATIONS, resultLimit: 50 },
      500,
    ],
    [
      '7. "halve resultLimit after a time-out"',
      { fieldDelayUs: 10 },
      { fields: ASSOCIATIONS, resultLimit: 5 },
      200,
    ],
    ['7. "TQL time-outs on broad queries"', { recordDelayUs: 100_000 }, { resultLimit: 50 }, 500],
    [
      'open question 12 "Status … of a TQL timeout"',
      { recordDelayUs: 100_000, tqlTimeoutStatus: 400 },
      { resultLimit: 50 },
      400,
    ],
  ];
  for (const [spec, switches, query, status] of PRICES) {
    test(`${JSON.stringify(query)} with ${JSON.stringify(switches)}: ${spec}`, async () => {
      const kept = await server.control.get<object>('/_sim/switches');
      await server.control.post('/_sim/switches', { tqlTimeoutMs: 20, ...switches });
      const answer = await server.list('indicators', query);
      await server.control.post('/_sim/switches', kept);
      assert.equal(answer.status, status);
      if (status !== 200) assert.match(answer.text, /timed out/);
    });
  }
});

test('everything that is set while it runs can be set at the start', async () => {
  const server = await startUnderTest({
    records: 40,
    oneSecond: 25,
    controls: [
      { name: 'switches', body: { idRange: 'refuse', nestedLimit: 1 } },
      { name: 'killers', body: { id: 'last', status: 504 } },
      { name: 'faults', body: { on: 'related', times: 1, fault: { kind: 'notLicensed' } } },
      { name: 'owners', body: { hide: 'Café & Co' } },
      { name: 'script', body: { afterPage: 1, do: { switches: { idRange: 'accept' } } } },
    ],
  });
  try {
    assert.equal((await server.list('indicators', { tql: 'id > 0' })).status, 400);
    assert.equal(
      (await server.list('indicators', { sorting: 'id desc', resultLimit: 5 })).status,
      504,
    );
    assert.equal((await server.list('groups', {})).status, 503);
    assert.equal((await server.list('security/owners', {})).rows.length, 3);
    assert.equal(
      (await server.list('indicators', { sorting: 'id asc', resultLimit: 5 })).status,
      200,
    );
    assert.equal((await server.list('indicators', { tql: 'id > 0', resultLimit: 2 })).status, 200);
    const seconds = new Map<string, number>();
    for (const { lastModified } of await server.control.lines<{ lastModified: string }>(
      '/_sim/truth',
    )) {
      seconds.set(lastModified, (seconds.get(lastModified) ?? 0) + 1);
    }
    assert.equal(Math.max(...seconds.values()), 25);
  } finally {
    await server.close();
  }
});

async function signedHeaders(server: UnderTest): Promise<Record<string, string>> {
  await server.control.post('/_sim/credentials', { apiToken: 'APIV2:1' });
  return { Authorization: 'TC-Token APIV2:1' };
}
