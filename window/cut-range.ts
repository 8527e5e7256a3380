import { isUnanswered } from '../contracts/unanswered.ts';
import { toEpochMs, toInstant, type Instant } from '../contracts/instant.ts';
import type { Range, Slice } from '../contracts/window.ts';

const SECOND_MS = 1_000;

export type Questions = {
  /** Number of records in a part. */
  countOf: (part: Range) => Promise<number>;
  /** Time of the last modification of the oldest record of a part; `null` if the part is empty. */
  oldestOf: (part: Range) => Promise<Instant | null>;
  /** True if cutting must stop and the slices cut so far must be returned. */
  isTimeUp: () => boolean;
};

/**
 * Halves a range by time until each part has at most `recordsMax` records or is one second wide. Parts without records
 * are joined to a neighbour, so that the slices always cover the whole range: a count may be out of date a moment
 * later. If a question is not answered, the cuts made before it are kept.
 *
 * @param slicesMax maximum number of slices; the rest is returned as ranges
 */
export async function cutRange(
  range: Range,
  recordsMax: number,
  slicesMax: number,
  questions: Questions,
): Promise<{ slices: Slice[]; rest: Range[] }> {
  const slices: Range[] = [];
  const waiting: Range[] = [range]; // the earliest is last
  let answers = 0;
  for (;;) {
    const part = waiting.at(-1);
    if (part === undefined) break;
    const last = slices.at(-1);
    if (part.count > recordsMax && mayBeCut(part)) {
      if (answers > 0 && questions.isTimeUp()) break;
      const cut = await cutPart(part, questions).catch((error: unknown) => {
        if (answers > 0 && isUnanswered(error)) return null;
        throw error;
      });
      if (cut === null) break;
      answers += 1;
      waiting.splice(-1, 1, ...cut);
    } else if (last !== undefined && (part.count === 0 || last.count === 0)) {
      waiting.pop();
      last.to = part.to;
      last.count += part.count;
    } else if (slices.length < slicesMax) {
      waiting.pop();
      slices.push({ ...part });
    } else {
      break;
    }
  }
  return {
    slices: slices.map(({ from, to, ownerIds, settledBefore }) => ({
      from,
      to,
      ownerIds,
      settledBefore,
    })),
    rest: waiting.toReversed(),
  };
}

/**
 * Asks the source one question about a part.
 * @returns the parts that replace it, the earliest last
 */
async function cutPart(part: Range, { countOf, oldestOf }: Questions): Promise<Range[]> {
  const middle = middleOf(part);
  if (middle === null) return [{ ...part, oldest: (await oldestOf(part)) ?? part.to }];
  const earlier = { ...part, to: middle };
  const count = await countOf(earlier);
  const later = {
    ...part,
    from: middle,
    oldest: undefined,
    count: Math.max(part.count - count, 0),
  };
  return [later, { ...earlier, count }];
}

/** False if a part is one second wide. */
function mayBeCut(part: Range): boolean {
  return (part.from === null && part.oldest === undefined) || middleOf(part) !== null;
}

/** `null` if a part is one second wide, or has no beginning and the age of its oldest record is not known yet. */
function middleOf({ from, oldest, to }: Range): Instant | null {
  const begin = from ?? oldest;
  if (begin === undefined) return null;
  const fromMs = toEpochMs(begin);
  const toMs = toEpochMs(to);
  if (toMs - fromMs <= SECOND_MS) return null;
  return toInstant(fromMs + Math.floor((toMs - fromMs) / 2 / SECOND_MS) * SECOND_MS);
}
