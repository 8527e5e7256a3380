import { z } from 'zod';
import { Counts } from './counts.ts';
import { InstantText } from './instant.ts';
import { SyncFeedProgress } from './progress.ts';

/** The committed state of a feed; one document per feed in `tcsync-state-<namespace>`. */
export const FeedState = z.object({
  feed: z.string(),
  /** End of the contiguous range of `lastModified` that is wholly written. */
  watermark: InstantText,
  /** Start of that range; `null` is the beginning of time. */
  starts_at: InstantText.nullable(),
  /** Ids of the owners that were visible at the last commit. */
  owner_ids: z.array(z.string()),
  /** Owner names that the feed names and that were seen at least once. */
  seen_owners: z.array(z.string()),
  /** UUIDs of all backing indices of the data stream that the watermark is about. */
  stream: z.array(z.string()),
  config_hash: z.string(),
  /** `null` if no run has ended yet; the watermark is then that of a run under way. */
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

/** Progress that a run that failed or was cancelled has saved for the next one. */
export const Unfinished = z.object({
  feed: z.string(),
  run_id: z.string(),
  saved_at: z.string(),
  progress: SyncFeedProgress,
});
export type Unfinished = z.infer<typeof Unfinished>;

/** The stored state with which a run begins. */
export type Standing = {
  /** The feed's state after its last commit; `null` before the first one. */
  state: FeedState | null;
  /** `unreadable`: another version of the program has saved it in another form. */
  unfinished: Unfinished | 'unreadable' | null;
};
