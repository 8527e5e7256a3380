import { z } from 'zod';
import type { CommitWindowResult } from './activities.ts';
import type { Counts } from './counts.ts';
import { InstantText } from './instant.ts';
import { SyncFeedProgress } from './progress.ts';
import { Lanes, PageSize } from './tuning.ts';
import type { Window } from './window.ts';

/**
 * Input of the workflow `syncFeed`. It also comes from people (`temporal workflow start`, the UI), so
 * the workflow parses it first.
 */
export const SyncFeedInput = z
  .strictObject({
    /** Name of the feed. */
    feed: z.string().min(1).default('default'),
    /** Start of an explicit window, inclusive. */
    from: InstantText.optional(),
    /** End of an explicit window, exclusive. Default: now, less the safety lag. */
    to: InstantText.optional(),
    /** Records a page, 1–10,000. Default: `TC_PAGE_SIZE`. */
    pageSize: PageSize.optional(),
    /** Slices that are read at the same time, 1–16. Default: `TC_LANES`. */
    lanes: Lanes.optional(),
    /** Where the run goes on after a continue-as-new. Not for people. */
    resume: SyncFeedProgress.optional(),
  })
  .refine((input) => input.from === undefined || input.to === undefined || input.from < input.to, {
    error: '`from` must be before `to`',
    path: ['from'],
  })
  .refine((input) => input.to === undefined || input.from !== undefined, {
    error: '`to` needs `from`',
    path: ['to'],
  });

/** As a person writes it: every key may be missing. */
export type SyncFeedInput = z.input<typeof SyncFeedInput>;

export type SyncFeedResult = CommitWindowResult & {
  window: Window;
  counts: Counts;
  late: number;
  notes: string[];
  /** What a person should look at, a sentence each. */
  attention: string[];
};
