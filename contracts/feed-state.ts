import { z } from 'zod';
import { Counts } from './counts.ts';
import { InstantText } from './instant.ts';
import { SyncFeedProgress } from './progress.ts';

/** What is committed of a feed; one document a feed in `tcsync-state-<namespace>`. */
export const FeedState = z.object({
  feed: z.string(),
  /** End of the contiguous range of `lastModified` that is wholly written. */
  watermark: InstantText,
  /** Start of that range; `null`: the beginning of time. */
  starts_at: InstantText.nullable(),
  /** Ids of the owners that were visible at the last commit. */
  owner_ids: z.array(z.string()),
  /** Names of the owners that the feed names and that were ever seen. */
  seen_owners: z.array(z.string()),
  /** UUIDs of all backing indices of the data stream that the watermark speaks of. */
  stream: z.array(z.string()),
  config_hash: z.string(),
  /** `null`: none has come to its end yet, and the watermark is that of one under way. */
  last_run: z
    .object({
      run_id: z.string(),
      from: z.string().nullable(),
      to: z.string(),
      committed_at: z.string(),
      counts: Counts,
      late: z.number(),
      attention: z.array(z.string()),
    })
    .nullable(),
});
export type FeedState = z.infer<typeof FeedState>;

/** What a run that failed or was cancelled has left to the next one. */
export const Unfinished = z.object({
  feed: z.string(),
  run_id: z.string(),
  saved_at: z.string(),
  progress: SyncFeedProgress,
});
export type Unfinished = z.infer<typeof Unfinished>;

/** What a run begins with. */
export type Standing = {
  /** What the feed's last commit left; `null` before the first. */
  state: FeedState | null;
  /** `unreadable`: another version of the program has left something else. */
  unfinished: Unfinished | 'unreadable' | null;
};
