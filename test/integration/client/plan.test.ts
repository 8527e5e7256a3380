import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NO_COUNTS } from '../../../contracts/counts.ts';
import type { Plan } from '../../../client/plan/make-plan.ts';
import { openInput } from '../../open-input.ts';
import { SECRET, stage, type Stage } from '../../stage.ts';
import { tcsync } from '../../tcsync.ts';
import { behindProxy } from './spoiling-proxy.ts';

type Truth = { ownerName: string; type: string; active: boolean };

describe('tcsync plan', () => {
  let set: Stage;
  before(async () => {
    set = await stage({ records: 400 });
  });
  after(() => set.close());

  async function plan(changes: NodeJS.ProcessEnv = {}): Promise<Plan> {
    const { code, stdout, stderr } = await tcsync(['plan', '--json'], { ...set.env, ...changes });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Plan;
  }

  test('plans the whole feed before anything is applied, and says so', async () => {
    const { kind, window, notes, records, pages, slices } = await plan({ TC_PAGE_SIZE: '100' });
    assert.equal(kind, 'whole');
    assert.equal(window.from, null);
    assert.equal(pages, Math.ceil(records / 100));
    assert.equal(slices, 2);
    assert.match(notes.join(), /npx tcsync apply/);
  });

  test('gives counts by owner and type that add up to the records of the source', async () => {
    const { records, owners } = await plan();
    const truth = (await set.source.lines<Truth>('/_sim/records')).filter(({ active }) => active);
    assert.equal(records, truth.length);
    for (const { owner, records: ofOwner, types } of owners) {
      const own = truth.filter(({ ownerName }) => ownerName === owner);
      assert.equal(ofOwner, own.length);
      for (const { type, records: ofType } of types ?? []) {
        assert.equal(ofType, own.filter((each) => each.type === type).length, `${owner} ${type}`);
      }
    }
    assert.equal(
      owners.reduce((sum, owner) => sum + owner.records, 0),
      records,
    );
  });

  test('counts the records that the filter leaves out', async () => {
    const all = await plan();
    const { filter, records } = await plan({ TC_TQL: 'rating >= 3' });
    assert.equal(filter?.tql, 'rating >= 3');
    assert.equal(filter.leavesOut + records, all.records);
    assert.ok(filter.leavesOut > 0);
  });

  test('reports a filter that leaves out everything', async () => {
    const all = await plan();
    const { filter, records } = await plan({ TC_TQL: 'rating > 99' });
    assert.equal(records, 0);
    assert.equal(filter?.leavesOut, all.records);
  });

  test('costs two small pages and one count for each owner and type', async () => {
    await set.source.post('/_sim/counters/reset');
    const { owners } = await plan();
    const { requests } = await set.source.get<{ requests: Record<string, number> }>(
      '/_sim/counters',
    );
    // one more request finds out whether `id >` is accepted
    assert.equal(requests.page, 2);
    assert.ok((requests.count ?? 0) <= 1 + owners.length * 13, `${requests.count} counts`);
  });

  test('plans the window that the next run opens, and changes nothing', async () => {
    await set.apply();
    await plan();
    const opened = await set.run('openWindow', openInput());
    await set.run('commitWindow', {
      feed: 'default',
      runId: 'run-1',
      opened,
      counts: NO_COUNTS,
      late: 0,
      attention: [],
    });
    await set.source.post('/_sim/mutate', { random: { seed: 1, updates: 5, creates: 0 } });
    // the clock stands still, so that both use the same second
    await set.source.post('/_sim/clock', { nowMs: Date.now() + 120_000 });
    const planned = await plan();
    const next = await set.run('openWindow', openInput());
    await set.source.post('/_sim/clock', { real: true });
    assert.equal(planned.kind, 'next');
    assert.deepEqual(planned.window, next.window);
    assert.equal(planned.records, next.expected);
    assert.ok(planned.records > 0);
    const documents = await set.elasticsearch.lines<{ _id: string }>(
      '/_sim/documents?target=tcsync-*,logs-*',
    );
    assert.deepEqual(documents.map(({ _id }) => _id).sort(), ['feed:default', 'instance']);
  });

  test('prints text for people without --json, and no secret', async () => {
    const { code, stdout } = await tcsync(['plan'], { ...set.env, TC_TQL: 'rating >= 3' });
    assert.equal(code, 0);
    assert.match(stdout, /^default\n  window {4}/);
    for (const word of ['records', 'filter', 'requests', 'slices', 'note']) {
      assert.match(stdout, new RegExp(`^  ${word} `, 'm'));
    }
    assert.ok(!stdout.includes(SECRET.trim()));
  });

  test('ends with 2 for an unknown feed, and with 1 for a refused filter', async () => {
    const unknown = await tcsync(['plan', 'other'], set.env);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no feed is called "other"; configured: default/);
    const refused = await tcsync(['plan'], { ...set.env, TC_TQL: 'rating >>= 3' });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^GET \/api\/v3\/indicators: 400.*\n.*TC_TQL/);
  });

  test('reports a fault of either side like `tcsync check`, with the variable', async () => {
    const closed = 'http://127.0.0.1:1';
    for (const [changes, told] of [
      [
        { ES_URL: closed },
        /^nothing listens for Elasticsearch at 127\.0\.0\.1:1: .*\n.*ES_URL\.\n$/,
      ],
      [{ ES_URL: set.env.TC_URL }, /^the server at .* is not Elasticsearch: .*\n.*ES_URL/],
      [
        { TC_URL: closed, TCSYNC_NAMESPACE: 'other' },
        /^nothing listens for ThreatConnect at 127\.0\.0\.1:1: .*\n.*TC_URL\.\n$/,
      ],
      [{ TC_SECRET_KEY: 'wrong' }, /401.*\n.*a wrong secret key/],
    ] as const) {
      const { code, stderr } = await tcsync(['plan'], { ...set.env, ...changes });
      assert.equal(code, 1);
      assert.match(stderr, told);
      assert.doesNotMatch(stderr, /nothing has been applied|\bat \w+ \(/);
    }
  });

  test('what an earlier answer rules out is no likely cause', async () => {
    const page = { status: 403, body: '<html>blocked</html>' };
    for (const [spoiling, causes] of [
      [
        { answer: (path: string) => (path.includes('tql') ? page : null) },
        /403 .*\nLikely causes: a firewall, a proxy or a log-in page in between \([^,]*\)\.\n$/,
      ],
      [
        {
          request: (asked: { path: string }) =>
            void (asked.path = asked.path.replaceAll('%20', '+')),
        },
        /401 .*\nLikely causes: a proxy that rewrites the query/,
      ],
    ] as const) {
      await behindProxy(set.env.TC_URL ?? '', spoiling, async (url) => {
        const changes = { TC_URL: url, TCSYNC_NAMESPACE: 'other' };
        const { code, stderr } = await tcsync(['plan'], { ...set.env, ...changes });
        assert.equal(code, 1);
        assert.match(stderr, causes);
      });
    }
  });

  test('notes a type that no indicator has, and accepts a custom type of the instance', async () => {
    const { records, notes } = await plan({ TC_TYPES: 'Adress' });
    assert.equal(records, 0);
    assert.match(notes.join('\n'), /^no indicator has the type Adress: check TC_TYPES$/m);
  });

  test('reports a .env that is a folder, or no UTF-8, as a fault of the settings in one sentence', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-env-'));
    try {
      mkdirSync(path.join(folder, '.env'));
      const told = await tcsync(['plan'], set.env, folder);
      assert.equal(told.code, 2);
      assert.match(told.stderr, /^ {2}\.env: "\.env" is a folder; expected a text file/m);
      rmSync(path.join(folder, '.env'), { recursive: true });
      writeFileSync(path.join(folder, '.env'), Buffer.from('\uFEFFTC_LANES=3\n', 'utf16le'));
      const other = await tcsync(['plan'], set.env, folder);
      assert.equal(other.code, 2);
      assert.match(other.stderr, /\.env: "\.env" is not UTF-8 text/);
      writeFileSync(path.join(folder, '.env'), '\uFEFFTC_PAGE_SIZE=77\nTC_LANES=3\n');
      const { stdout } = await tcsync(['plan', '--json'], set.env, folder);
      const { pageSize, lanes } = JSON.parse(stdout) as Plan;
      assert.deepEqual([pageSize, lanes], [77, 3]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('refuses another ThreatConnect than that of the namespace', async () => {
    const other = set.env.TC_URL?.replace('127.0.0.1', 'localhost');
    const { code, stderr } = await tcsync(['plan'], { ...set.env, TC_URL: other });
    assert.equal(code, 1);
    assert.match(stderr, /belongs to http:\/\/127\.0\.0\.1/);
  });
});
