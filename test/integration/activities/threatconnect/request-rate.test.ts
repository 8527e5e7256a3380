import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, errorOf, SUCCESS, withSource } from './tiny-source.ts';

for (const [requestsPerSecond, requests] of [
  [40, 60],
  [2.5, 4],
] as const) {
  test(`${requests} requests at ${requestsPerSecond} a second are sent in order, and none before its turn`, async () => {
    const sentMs: number[] = [];
    const beganMs = Date.now();
    await withSource(
      (response) => response.end(SUCCESS),
      async (http) => {
        const { signal } = new AbortController();
        await Promise.all(
          Array.from({ length: requests }, async (_, index) => {
            sentMs[index] = (await http.get('/v3/indicators', [], signal)).requestedAtMs;
          }),
        );
      },
      { requestsPerSecond },
    );
    assert.deepEqual(
      sentMs,
      sentMs.toSorted((a, b) => a - b),
    );
    const burst = Math.round(requestsPerSecond);
    for (let index = burst; index < requests; index += 1) {
      // counted from the beginning, because a busy machine sends later, but never earlier
      const turnMs = ((index + 1 - burst) / requestsPerSecond) * 1_000;
      const afterMs = (sentMs[index] ?? 0) - beganMs;
      assert.ok(afterMs >= turnMs - 10, `request ${index} after ${afterMs} ms, not ${turnMs}`);
    }
  });
}

test('a request that is cancelled while it waits is not sent and uses no turn', async () => {
  await withSource(
    (response) => response.end(SUCCESS),
    async (http, asked) => {
      await ask(http);
      const patience = new AbortController();
      const waiting = errorOf(ask(http, patience.signal));
      patience.abort(new Error('the run is cancelled'));
      assert.equal((await waiting).message, 'the run is cancelled');
      assert.equal(asked(), 1);
    },
    { requestsPerSecond: 0.01 },
  );
});

test('the second request after a 401 also waits for its turn', async () => {
  await withSource(
    (response, _request, number) => response.writeHead(number === 1 ? 401 : 200).end(SUCCESS),
    async (http, asked) => {
      const { signal } = new AbortController();
      const beganMs = Date.now();
      await http.get('/v3/indicators', [], signal);
      const { requestedAtMs } = await http.get('/v3/indicators', [], signal);
      assert.equal(asked(), 3);
      assert.ok(requestedAtMs - beganMs >= 1_000, `${requestedAtMs - beganMs} ms`);
    },
    { requestsPerSecond: 2 },
  );
});
