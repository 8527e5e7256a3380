import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isInstant, toEpochMs, toInstant } from '../../../contracts/instant.ts';

for (const [text, expected] of [
  ['2026-01-31T12:34:56Z', true],
  ['2024-02-29T00:00:00Z', true],
  ['1970-01-01T00:00:00Z', true],
  ['2026-02-29T00:00:00Z', false],
  ['2026-02-30T00:00:00Z', false],
  ['2026-04-31T00:00:00Z', false],
  ['2026-13-01T00:00:00Z', false],
  ['2026-01-31T24:00:00Z', false],
  ['2026-01-31T12:34:60Z', false],
  ['2026-01-31T12:34:56.000Z', false],
  ['2026-01-31T12:34:56+00:00', false],
  ['2026-01-31T12:34:56', false],
  ['2026-01-31T12:34Z', false],
  ['2026-01-31 12:34:56Z', false],
  ['2026-01-31', false],
  ['2026-01-31T12:34:56Z\n', false],
  ['now', false],
  ['', false],
] as const) {
  test(`${JSON.stringify(text)} is ${expected ? 'an' : 'no'} instant`, () => {
    assert.equal(isInstant(text), expected);
  });
}

const epochMs = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) });

test('every millisecond is within the second of its instant', () => {
  fc.assert(
    fc.property(epochMs, (ms) => {
      const instant = toInstant(ms);
      assert.ok(isInstant(instant));
      assert.equal(toEpochMs(instant), Math.floor(ms / 1000) * 1000);
    }),
  );
});

test('instants are in order when they are compared as texts, as windows need it', () => {
  fc.assert(
    fc.property(epochMs, epochMs, (a, b) => {
      const [x, y] = [toInstant(a), toInstant(b)];
      assert.equal(x < y, toEpochMs(x) < toEpochMs(y));
    }),
  );
});
