import { toEpochMs, toInstant, type Instant } from '../contracts/instant.ts';
import type { PlanSlicesInput, PlanSlicesResult } from '../contracts/activities.ts';
import type { Range } from '../contracts/window.ts';
import { attempt } from './attempt.ts';
import { requireConfig } from './config-hash.ts';
import { findFeed, type Deps } from './deps.ts';
import { toSelection } from './selection.ts';

const SECOND_MS = 1_000;
/** Where the beginning of time lies for halving; older records are in the first slice all the same. */
const BEGINNING_MS = Date.parse('1990-01-01T00:00:00Z');

/** Cuts a range into slices by counting halves of it. */
export function planSlices(deps: Deps, input: PlanSlicesInput): Promise<PlanSlicesResult> {
  return attempt(async (signal) => {
    const feed = findFeed(deps.feeds, input.feed);
    requireConfig(deps, feed, input.configHash);
    return cutRange(input.range, input.recordsMax, input.slicesMax, (part) =>
      deps.source.count(toSelection(feed, part), signal),
    );
  });
}

/**
 * Halves a range by time until each part has at most `recordsMax` records or is one second wide. Parts without
 * records are joined to a neighbour: the slices always cover the range, as a count is not true for long.
 *
 * @param slicesMax how many are made; the rest is given back
 * @param countOf asks the source
 */
export async function cutRange(
  range: Range,
  recordsMax: number,
  slicesMax: number,
  countOf: (part: Range) => Promise<number>,
): Promise<PlanSlicesResult> {
  const slices: Range[] = [];
  const waiting: Range[] = [range]; // the earliest last
  for (;;) {
    const part = waiting.pop();
    if (part === undefined) break;
    const last = slices.at(-1);
    const middle = middleOf(part);
    if (part.count > recordsMax && middle !== null) {
      const count = await countOf({ ...part, to: middle });
      const later = Math.max(part.count - count, 0);
      waiting.push({ ...part, from: middle, count: later }, { ...part, to: middle, count });
    } else if (last !== undefined && (part.count === 0 || last.count === 0)) {
      last.to = part.to;
      last.count += part.count;
    } else if (slices.length < slicesMax) {
      slices.push({ ...part });
    } else {
      waiting.push(part);
      break;
    }
  }
  const [end] = waiting;
  const next = waiting.at(-1);
  return {
    slices: slices.map(({ from, to, ownerIds, settledBefore }) => ({
      from,
      to,
      ownerIds,
      settledBefore,
    })),
    rest:
      end === undefined || next === undefined
        ? null
        : { ...next, to: end.to, count: waiting.reduce((sum, { count }) => sum + count, 0) },
  };
}

/** `null` where a range is one second wide. */
function middleOf({ from, to }: Range): Instant | null {
  const toMs = toEpochMs(to);
  const fromMs = from === null ? Math.min(BEGINNING_MS, toMs - 2 * SECOND_MS) : toEpochMs(from);
  if (toMs - fromMs <= SECOND_MS) return null;
  return toInstant(fromMs + Math.floor((toMs - fromMs) / 2 / SECOND_MS) * SECOND_MS);
}
