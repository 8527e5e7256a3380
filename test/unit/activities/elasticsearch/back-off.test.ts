import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from '../../../../activities/elasticsearch/back-off.ts';
import { REAL_WAITING } from '../../../../activities/attempt/waiting.ts';
import { SinkOverloadedError } from '../../../../contracts/errors.ts';

const BUDGET_MS = 60_000;

/** Waits until the back-off gives up. */
async function waits(retryAfterMs: number | null, random: number): Promise<number[]> {
  const slept: number[] = [];
  const sleep = async (ms: number) => void slept.push(ms);
  const backOff = new BackOff({ sleep, random: () => random }, new AbortController().signal);
  const error = new SinkOverloadedError('full', retryAfterMs);
  for (;;) {
    try {
      await backOff.wait(error);
    } catch (thrown) {
      assert.equal(thrown, error);
      return slept;
    }
  }
}

test('the waits double, up to 15 s, and never add up to more than their budget', async () => {
  const slept = await waits(null, 1);
  assert.deepEqual(slept.slice(0, 6), [500, 1_000, 2_000, 4_000, 8_000, 15_000]);
  assert.ok(slept.reduce((sum, ms) => sum + ms, 0) <= BUDGET_MS);
});

test('with the smallest jitter there is still a wait, and the waits come to an end', async () => {
  const slept = await waits(null, 0);
  assert.ok(slept.every((ms) => ms === 100));
  assert.equal(slept.length, BUDGET_MS / 100);
});

test('the wait is exactly as long as the server asks for', async () => {
  assert.deepEqual(
    await waits(7_000, 1),
    Array.from({ length: 8 }, () => 7_000),
  );
});

test('a `Retry-After` of 0 does not cause requests without a pause', async () => {
  const slept = await waits(0, 1);
  assert.ok(slept.length <= BUDGET_MS / 100);
});

test('if `Retry-After` exceeds the budget, the attempt ends at once and Temporal waits', async () => {
  assert.deepEqual(await waits(BUDGET_MS + 1, 1), []);
});

test('a wait ends with the signal’s reason when the attempt is cancelled', async () => {
  const controller = new AbortController();
  const reason = new Error('cancelled');
  const waiting = new BackOff(REAL_WAITING, controller.signal).wait(
    new SinkOverloadedError('full', 50_000),
  );
  controller.abort(reason);
  await assert.rejects(waiting, reason);
});
