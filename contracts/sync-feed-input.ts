import { z } from 'zod';
import type { CommitWindowResult } from './activities.ts';
import type { Counts } from './counts.ts';
import { InstantText } from './instant.ts';
import { SyncFeedProgress } from './progress.ts';
import { Lanes, PageSize } from './tuning.ts';
import type { Window } from './window.ts';

/**
 * Input of the workflow `syncFeed`. It may come from a person (`temporal workflow start`, the UI), so the workflow
 * parses it first.
 */
export const SyncFeedInput = z
  .strictObject({
    /** Name of the feed. */
    feed: z.string().min(1).default('default'),
    /** Start of an explicit window, inclusive. */
    from: InstantText.optional(),
    /** End of an explicit window, exclusive. Default: now, minus `TC_SAFETY_LAG`. */
    to: InstantText.optional(),
    /** Records per page, 1–10,000. Default: `TC_PAGE_SIZE`. */
    pageSize: PageSize.optional(),
    /** Number of slices that are read at the same time, 1–16. Default: `TC_LANES`. */
    lanes: Lanes.optional(),
    /** Maximum number of records of a slice, if its time can be split, 1–50,000. A test cuts small windows with it. */
    sliceRecords: z.number().int().min(1).max(50_000).optional(),
    /** State of the run after a continue-as-new. Not for people. */
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
  /** Fingerprint of the feed's configuration when the window was opened. */
  configHash: string;
  counts: Counts;
  late: number;
  notes: string[];
  /** Sentences about what a person should look at. */
  attention: string[];
};
