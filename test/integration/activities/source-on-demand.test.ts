import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { BEGINNING } from '../../../contracts/progress.ts';
import { toSelection } from '../../../activities/threatconnect/selection.ts';
import type { SyncPageInput } from '../../../contracts/activities.ts';
import { stage, type Stage } from '../../stage.ts';
import { assertEqualVersions } from './equality.ts';
import { SLICE, wholeFeed } from './page-input.ts';

async function withStage(
  options: Parameters<typeof stage>[0],
  env: NodeJS.ProcessEnv,
  work: (set: Stage, page: SyncPageInput) => Promise<void>,
): Promise<void> {
  const set = await stage(options, env);
  try {
    await set.apply();
    await work(set, { ...wholeFeed(set), pageSize: 100 });
  } finally {
    await set.source.delete('/_sim/faults');
    await set.close();
  }
}

test('D15: a `next` that names another host is ignored: all records are read, and no other host gets a request', async () => {
  let strangers = 0;
  const stranger = createServer((socket) => {
    strangers += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    stranger.listen(0, '127.0.0.1', resolve);
  });
  const nextOrigin = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  try {
    await withStage({ records: 450, switches: { nextOrigin } }, {}, async (set, page) => {
      let pages = 0;
      for (let position = BEGINNING; ; pages += 1) {
        const result = await set.run('syncPage', { ...page, position });
        if (result.ended !== null) {
          assert.deepEqual(result.ended, { missing: 0, settledMissing: 0 });
          break;
        }
        position = result.position;
      }
      assert.ok(pages >= 4);
      await assertEqualVersions(set);
      assert.equal(strangers, 0);
    });
  } finally {
    stranger.close();
  }
});

test('a slow page that takes longer than TC_HTTP_TIMEOUT in all is read completely', async () => {
  await withStage({ records: 120 }, { TC_HTTP_TIMEOUT: '1s' }, async (set, page) => {
    const fault = { kind: 'slow', msPerChunk: 60, chunkBytes: 8 * 1024 };
    await set.source.post('/_sim/faults', { on: 'page', times: 1, fault });
    const began = performance.now();
    assert.equal((await set.run('syncPage', page)).counts.read, 100);
    assert.ok(performance.now() - began > 1_500, `${performance.now() - began} ms`);
  });
});

for (const [what, fault, came] of [
  ['stops in the middle', { kind: 'slow', msPerChunk: 4_000, chunkBytes: 20_000 }, true],
  ['never begins', { kind: 'hold' }, false],
] as const) {
  test(`a page that ${what} fails as SourceTooSlow, and a smaller one is read instead`, async () => {
    await withStage({ records: 120 }, { TC_HTTP_TIMEOUT: '1s' }, async (set, page) => {
      const [feed] = set.deps.feeds;
      assert.ok(feed !== undefined);
      let records = 0;
      await set.source.post('/_sim/faults', { on: 'page', times: 1, fault });
      await assert.rejects(
        set.deps.source.page(
          toSelection(feed, SLICE),
          { fields: feed.fields, limit: 100 },
          async (found) => {
            records += found.length;
          },
          new AbortController().signal,
        ),
        {
          name: 'SourceTooSlowError',
          message:
            /^GET \/api\/v3\/indicators: nothing came for 1000 ms \(TC_HTTP_TIMEOUT\), after /,
        },
      );
      assert.equal(records > 0, came);
      await set.source.post('/_sim/faults', { on: 'page', times: 1, fault });
      const { counts, position } = await set.run('syncPage', page);
      assert.ok(counts.read >= 50);
      assert.equal(position.read, counts.read);
    });
  });
}
