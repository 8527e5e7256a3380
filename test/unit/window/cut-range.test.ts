import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cutRange } from '../../../window/cut-range.ts';
import { SourceUnavailableError } from '../../../contracts/errors.ts';
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

/** Plans until the whole range is cut. */
async function planAll(
  seconds: readonly number[],
  range: Range,
  max: number,
  slicesMax: number,
  tellEvery = 1_000,
) {
  const count = countIn(seconds);
  const slices = [];
  let requests = 0;
  for (let rest = [range]; ;) {
    const [next, ...more] = rest;
    if (next === undefined) break;
    const planned = await cutRange(next, max, slicesMax, {
      countOf: async (part) => {
        requests += 1;
        return count(part);
      },
      oldestOf: async () =>
        seconds.length === 0 ? null : toInstant(FROM + Math.min(...seconds) * 1_000),
      isTimeUp: () => requests % tellEvery === 0,
    });
    assert.ok(planned.slices.length <= slicesMax);
    slices.push(...planned.slices);
    rest = [...planned.rest, ...more];
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
        fc.integer({ min: 1, max: 8 }),
        async (at, fromBeginning, max, slicesMax, tellEvery) => {
          const range = rangeOf(at, fromBeginning ? null : undefined);
          const { slices, count } = await planAll(at, range, max, slicesMax, tellEvery);
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

  test('of a small range is the range itself, without a request', async () => {
    const at = [1, 2, 3];
    const { slices, requests } = await planAll(at, rangeOf(at), 3, 64);
    assert.equal(requests, 0);
    assert.deepEqual(slices.length, 1);
  });

  test('still covers a range whose counts change while it is planned', async () => {
    const range = rangeOf(Array.from({ length: 100 }, (_, index) => index * 800));
    let asked = 0;
    const { slices, rest } = await cutRange(range, 10, 64, {
      countOf: async () => (asked++ % 2 === 0 ? 0 : 90),
      oldestOf: async () => null,
      isTimeUp: () => false,
    });
    assert.deepEqual(rest, []);
    assert.equal(slices[0]?.from, range.from);
    assert.equal(slices.at(-1)?.to, range.to);
    slices.slice(1).forEach(({ from }, index) => assert.equal(from, slices[index]?.to));
  });
});

describe('a plan that takes long', () => {
  const range = rangeOf(Array.from({ length: 64 }, (_, index) => index * 1_350));
  const questions = (failing: number) => {
    let asked = 0;
    return {
      countOf: async (part: Range) => {
        asked += 1;
        if (asked === failing) throw new SourceUnavailableError('502');
        return Math.floor(part.count / 2);
      },
      oldestOf: async () => null,
      isTimeUp: () => false,
    };
  };

  test('returns the finished slices when time is up, and repeats no cut', async () => {
    const { slices, rest } = await cutRange(range, 4, 64, {
      ...questions(0),
      isTimeUp: () => true,
    });
    assert.deepEqual(slices, []);
    assert.deepEqual(
      rest.map(({ count }) => count),
      [32, 32],
    );
  });

  test('keeps the finished slices if a count fails', async () => {
    const { slices, rest } = await cutRange(range, 4, 64, questions(6));
    assert.equal(slices[0]?.from, range.from);
    assert.equal(rest[0]?.from, slices.at(-1)?.to);
    assert.equal(rest.at(-1)?.to, range.to);
    await assert.rejects(cutRange(range, 4, 64, questions(1)), SourceUnavailableError);
  });

  test('begins at the oldest record, not at a fixed year', async () => {
    const asked: string[] = [];
    const oldest = '2026-01-01T12:00:00Z';
    await cutRange({ ...range, from: null }, 40, 64, {
      countOf: async (part) => {
        asked.push(part.to);
        return 32;
      },
      oldestOf: async () => oldest,
      isTimeUp: () => false,
    });
    assert.deepEqual(asked, ['2026-01-01T18:00:00Z']);
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
