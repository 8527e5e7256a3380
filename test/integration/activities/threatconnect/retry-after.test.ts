import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFailure } from '../../../../activities/attempt/failure.ts';
import { SourceClock } from '../../../../activities/threatconnect/source-clock.ts';
import { ask, errorOf, withSource } from './tiny-source.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 12, 0, 0);
const MOST = 900_000;

/** The delay before the next attempt; `undefined` if the retry policy decides. */
for (const [header, delayMs] of [
  ['7', 7_000],
  ['1', 1_000],
  ['0', 1_000],
  ['900', MOST],
  ['901', MOST],
  ['259200', MOST],
  ['9'.repeat(400), MOST],
  ['Sat, 31 Jan 2026 12:01:00 GMT', 60_000],
  ['Sat, 31 Jan 2026 12:00:00 GMT', 1_000],
  ['Fri, 30 Jan 2026 12:00:00 GMT', 1_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 1_000],
  ['Fri, 31 Dec 9999 23:59:59 GMT', MOST],
  ['Sat, 41 Jan 2026 12:01:00 GMT', undefined],
  ['-5', undefined],
  ['+5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  ['soon', undefined],
  ['7, 8', undefined],
  ['2026-01-31T12:01:00Z', undefined],
  ['', undefined],
] as const) {
  for (const statusCode of [429, 503]) {
    test(`${statusCode} with \`Retry-After: ${header.slice(0, 40)}\` is repeated after ${delayMs ?? 'the usual pause'}`, async () => {
      await withSource(
        (response) => response.writeHead(statusCode, { 'retry-after': header }).end(),
        async (http) => {
          const failure = toFailure(await errorOf(ask(http)), 1, (text) => text);
          assert.equal(failure.nextRetryDelay, delayMs);
          assert.equal(failure.nonRetryable, false);
        },
        {},
        new SourceClock(() => NOW_MS),
      );
    });
  }
}

test('a date is compared with the source’s clock, not with a worker’s wrong clock', async () => {
  const clock = new SourceClock(() => NOW_MS - 600_000);
  clock.observe(new Date(NOW_MS).toUTCString(), NOW_MS - 600_000);
  await withSource(
    (response) => response.writeHead(429, { 'retry-after': 'Sat, 31 Jan 2026 12:00:30 GMT' }).end(),
    async (http) => {
      const failure = toFailure(await errorOf(ask(http)), 1, (text) => text);
      assert.equal(failure.nextRetryDelay, 30_000);
    },
    {},
    clock,
  );
});
