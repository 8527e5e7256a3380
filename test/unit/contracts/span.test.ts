import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toEpochMs, toInstant } from '../../../contracts/instant.ts';
import { countSpans, spanAt } from '../../../contracts/span.ts';

test('spans cover their range without a gap or an overlap', () => {
  const range = fc.record({
    fromS: fc.integer({ min: 0, max: 2_000_000_000 }),
    lengthS: fc.integer({ min: 1, max: 100_000 }),
    spanS: fc.integer({ min: 1, max: 200_000 }),
  });
  fc.assert(
    fc.property(range, ({ fromS, lengthS, spanS }) => {
      const all = {
        from: toInstant(fromS * 1_000),
        to: toInstant((fromS + lengthS) * 1_000),
        spanMs: Math.max(spanS, Math.ceil(lengthS / 100)) * 1_000,
      };
      const spans = Array.from({ length: countSpans(all) }, (_, at) => spanAt(all, at + 1));
      assert.equal(spans[0]?.from, all.from);
      assert.equal(spans.at(-1)?.to, all.to);
      for (const [at, { number, from, to }] of spans.entries()) {
        assert.equal(number, at + 1);
        assert.ok(from < to);
        assert.equal(to, spans[at + 1]?.from ?? all.to);
        const lengthMs = toEpochMs(to) - toEpochMs(from);
        assert.ok(lengthMs === all.spanMs || at === spans.length - 1);
      }
    }),
  );
});
