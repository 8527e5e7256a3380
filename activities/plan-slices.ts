import type { PlanSlicesInput, PlanSlicesResult } from '../contracts/activities.ts';
import { cutRange } from '../window/cut-range.ts';
import { attempt } from './attempt/attempt.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { requireConfig } from './attempt/require-config.ts';
import { FeedSource } from './threatconnect/feed-source.ts';
import { whoVanished } from './threatconnect/look-at-owners.ts';

/**
 * After this time the activity returns the slices that are cut, and the workflow keeps and shows them. A count may take
 * half a minute, and a failed attempt loses what it has not returned.
 */
const TELL_AFTER_MS = 30_000;

/** Cuts a range into slices by counting halves of it. Returns those that are ready after half a minute. */
export function planSlices(deps: Deps, input: PlanSlicesInput): Promise<PlanSlicesResult> {
  return attempt(async (signal) => {
    const feed = findFeed(deps.feeds, input.feed);
    requireConfig(deps, feed, input.configHash);
    const source = new FeedSource(deps.source, feed, signal);
    const beganMs = performance.now();
    try {
      const cut = await cutRange(input.range, input.recordsMax, input.slicesMax, {
        isTimeUp: () => performance.now() - beganMs > TELL_AFTER_MS,
        countOf: (part) => source.count(part, input.owners),
        oldestOf: (part) => source.oldest(part, input.owners),
      });
      return { ...cut, absentOwnerIds: [] };
    } catch (error) {
      const absentOwnerIds = await whoVanished(error, deps.source, input.owners, signal);
      return { slices: [], rest: [input.range], absentOwnerIds };
    }
  });
}
