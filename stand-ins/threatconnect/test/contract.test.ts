import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startThreatConnect, type RunningThreatConnect } from '../server.ts';
import { Control } from '../../control.ts';

const ACCESS_ID = '12345678901234567890';
const SECRET = 's3cr3t$%Key/+=&with^odd!chars';

type Answer = { status: number; text: string };

/** Sends a target as it is: `fetch` would encode it anew. */
function get(server: RunningThreatConnect, target: string, headers: Record<string, string>) {
  return new Promise<Answer>((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path: target, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
      );
    })
      .on('error', reject)
      .end();
  });
}

function signed(target: string, atMs = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHmac('sha256', SECRET)
    .update(`${target}:GET:${timestamp}`)
    .digest('base64');
  return { Timestamp: timestamp, Authorization: `TC ${ACCESS_ID}:${signature}` };
}

function list(server: RunningThreatConnect, query: string): Promise<Answer> {
  const target = `/api/v3/indicators?${query}`;
  return get(server, target, signed(target));
}

function ids(text: string): string[] {
  return [...text.matchAll(/\{"id":(\d+),"dateAdded"/g)].map(([, id]) => id ?? '');
}

describe('the ThreatConnect stand-in', () => {
  let server: RunningThreatConnect;
  let control: Control;
  before(async () => {
    server = await startThreatConnect({
      records: 300,
      associations: false,
      credentials: { accessId: ACCESS_ID, secretKey: SECRET },
    });
    control = new Control(server.url);
  });
  after(() => server.close());

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
  ] as const) {
    test(`the published signature of ${target} is accepted`, async () => {
      await control.post('/_sim/clock', { nowMs: 1_767_225_600_000 });
      const headers = {
        Timestamp: '1767225600',
        Authorization: `TC ${ACCESS_ID}:${signature}`,
      };
      assert.equal((await get(server, target, headers)).status, 200);
      const respelled = target.replace('%20', '+').replace('%3E', '%3e').replace('owners', 'owner');
      assert.notEqual((await get(server, respelled, headers)).status, 200);
      await control.post('/_sim/clock', { real: true });
    });
  }

  test('a query that was spelled otherwise after signing is answered 401', async () => {
    const headers = signed('/api/v3/indicators?sorting=id%20asc');
    const { status, text } = await get(server, '/api/v3/indicators?sorting=id+asc', headers);
    assert.equal(status, 401);
    assert.deepEqual(JSON.parse(text), {
      errCode: '0x1002',
      message: 'Signature data did not match expected result',
      status: 'Error',
    });
  });

  test('a signature is good for five minutes', async () => {
    const target = '/api/v3/security/owners';
    const now = Date.now();
    assert.equal((await get(server, target, signed(target, now - 290_000))).status, 200);
    const late = await get(server, target, signed(target, now - 310_000));
    assert.equal(late.status, 401);
    assert.match(late.text, /Timestamp out of acceptable time range/);
  });

  test('a request without authentication is answered 403', async () => {
    assert.equal((await get(server, '/api/v3/security/owners', {})).status, 403);
  });

  test('`next` leads, is absolute, and is missing on the last page', async () => {
    const { text } = await list(server, 'sorting=id%20asc&resultLimit=100&count=true');
    assert.ok(text.startsWith(`{"next":"${server.url}/api/v3/indicators?`));
    const { next, count, prev, data } = JSON.parse(text) as Record<string, unknown>;
    assert.equal(prev, undefined);
    const all: string[] = ids(text);
    assert.equal(all.length, (data as unknown[]).length);
    for (let link = next; typeof link === 'string';) {
      const target = link.slice(server.url.length);
      const page = await get(server, target, signed(target));
      all.push(...ids(page.text));
      const envelope = JSON.parse(page.text) as Record<string, unknown>;
      assert.equal(envelope.count, undefined);
      assert.equal(typeof envelope.prev, 'string');
      link = envelope.next;
    }
    assert.equal(new Set(all).size, count);
  });

  test('a change between two requests shifts pages by offset, and not those behind an id', async () => {
    const first = ids((await list(server, 'sorting=id%20asc&resultLimit=50')).text);
    const offset = 'sorting=id%20asc&resultLimit=50&resultStart=50';
    const second = ids((await list(server, offset)).text);
    const behind = `sorting=id%20asc&resultLimit=50&tql=id%20%3E%20${first.at(-1)}`;
    assert.deepEqual(ids((await list(server, behind)).text), second);
    await control.post('/_sim/mutate', { changes: [{ op: 'deactivate', id: first[0] }] });
    assert.deepEqual(ids((await list(server, behind)).text), second);
    assert.notEqual(ids((await list(server, offset)).text)[0], second[0]);
    await control.post('/_sim/mutate', { changes: [{ op: 'activate', id: first[0] }] });
  });

  for (const [tql, status] of [
    ['id > 0', 200],
    ['typeName in ("Host", \'URL\') AND (ownerName = "Nobody" OR rating >= 3)', 200],
    ['lastModified >= "2026-01-01T00:00:00Z"', 200],
    ['lastModified >= "2026-01-01T00:00:00.5Z"', 400],
    ['id >', 400],
    ['nonsense = 1', 400],
    ['(id > 1', 400],
  ] as const) {
    test(`the query ${tql} is answered ${status}`, async () => {
      const { status: answered, text } = await list(server, `tql=${encodeURIComponent(tql)}`);
      assert.equal(answered, status);
      if (status === 400) assert.match(text, /"errCode":"0x2001"/);
    });
  }

  test('`fields` adds what it names and nothing else', async () => {
    const keys = async (query: string) => {
      const { data } = JSON.parse((await list(server, query)).text) as { data: object[] };
      return new Set(data.flatMap((record) => Object.keys(record)));
    };
    const bare = await keys('resultLimit=300');
    const tagged = await keys('resultLimit=300&fields=tags');
    assert.deepEqual([...tagged.difference(bare)], ['tags']);
  });
});

test('of one id in a data file the last line wins, and numbers stay as they are written', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-data-'));
  const file = path.join(folder, 'records.ndjson');
  const line = (id: string, rating: string) =>
    `{"id": ${id},"dateAdded": "2026-01-01T00:00:00Z","ownerName": "A","type": "Host","summary": "a${id}.example","lastModified": "2026-01-02T00:00:00Z","rating": ${rating},"active": true}\n`;
  writeFileSync(
    file,
    line('9007199254918487', '1.0') +
      line('9007199254918489', '5.00') +
      line('9007199254918487', '2.50'),
  );
  const server = await startThreatConnect({
    dataFile: file,
    credentials: { accessId: ACCESS_ID, secretKey: SECRET },
  });
  try {
    const { text } = await list(server, 'sorting=id%20asc');
    assert.match(text, /9007199254918487[^}]*2\.50[^}]*\}.*9007199254918489[^}]*5\.00/);
    assert.equal((JSON.parse(text) as { data: unknown[] }).data.length, 2);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
