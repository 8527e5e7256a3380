import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cutRange } from '../../../activities/plan-slices.ts';
import { toEpochMs, toInstant } from '../../../contracts/instant.ts';
import type { Range } from '../../../contracts/window.ts';

const FROM = toEpochMs('2026-01-01T00:00:00Z');
const DAY_SECONDS = 86_400;

/** A source that holds records at these seconds after {@link FROM}. */
function countIn(seconds: readonly number[]) {
  return ({ from, to }: Pick<Range, 'from' | 'to'>): number =>
    seconds.filter((second) => {
      const at = toInstant(FROM + second * 1_000);
      return (from === null || at >= from) && at < to;
    }).length;
}

function rangeOf(seconds: readonly number[], from: string | null = toInstant(FROM)): Range {
  const to = toInstant(FROM + DAY_SECONDS * 1_000);
  return { from, to, ownerIds: null, settledBefore: to, count: seconds.length };
}

/** Plans until nothing is left. */
async function planAll(seconds: readonly number[], range: Range, max: number, slicesMax: number) {
  const count = countIn(seconds);
  const slices = [];
  let requests = 0;
  for (let rest: Range | null = range; rest !== null;) {
    const planned: Awaited<ReturnType<typeof cutRange>> = await cutRange(
      rest,
      max,
      slicesMax,
      async (part) => {
        requests += 1;
        return count(part);
      },
    );
    assert.ok(planned.slices.length <= slicesMax);
    slices.push(...planned.slices);
    ({ rest } = planned);
  }
  return { slices, requests, count };
}

const seconds = fc.array(
  fc.oneof(fc.nat({ max: DAY_SECONDS - 1 }), fc.constantFrom(7, 43_200, DAY_SECONDS - 1)),
  { maxLength: 200 },
);

describe('a plan', () => {
  test('covers the range without a gap or an overlap, in slices that are small or one second wide', async () => {
    await fc.assert(
      fc.asyncProperty(
        seconds,
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 8 }),
        async (at, fromBeginning, max, slicesMax) => {
          const range = rangeOf(at, fromBeginning ? null : undefined);
          const { slices, count } = await planAll(at, range, max, slicesMax);
          assert.equal(slices[0]?.from, range.from);
          assert.equal(slices.at(-1)?.to, range.to);
          slices.forEach((slice, index) => {
            if (index > 0) assert.equal(slice.from, slices[index - 1]?.to);
            const isSecond =
              slice.from !== null && toEpochMs(slice.to) - toEpochMs(slice.from) === 1_000;
            assert.ok(count(slice) <= max || isSecond || count(slice) === countAtEdges(slice, at));
          });
        },
      ),
    );
  });

  test('of a range that is small enough is the range, and asks for nothing', async () => {
    const at = [1, 2, 3];
    const { slices, requests } = await planAll(at, rangeOf(at), 3, 64);
    assert.equal(requests, 0);
    assert.deepEqual(slices.length, 1);
  });

  test('still covers a range whose counts change while it is planned', async () => {
    const range = rangeOf(Array.from({ length: 100 }, (_, index) => index * 800));
    let asked = 0;
    const { slices, rest } = await cutRange(range, 10, 64, async () =>
      asked++ % 2 === 0 ? 0 : 90,
    );
    assert.equal(rest, null);
    assert.equal(slices[0]?.from, range.from);
    assert.equal(slices.at(-1)?.to, range.to);
    slices.slice(1).forEach(({ from }, index) => assert.equal(from, slices[index]?.to));
  });
});

/** Empty seconds around a full one are joined to it. */
function countAtEdges({ from, to }: Pick<Range, 'from' | 'to'>, at: readonly number[]): number {
  const inside = at.filter((second) => {
    const instant = toInstant(FROM + second * 1_000);
    return (from === null || instant >= from) && instant < to;
  });
  return new Set(inside).size === 1 ? inside.length : -1;
}
