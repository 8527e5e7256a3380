import { z } from 'zod';
import type { Instant } from './instant.ts';

/** A half-open range `[from, to)` of `lastModified`. `from: null` is the beginning of time. */
export type Window = { from: Instant | null; to: Instant };

/** `whole`: all of the feed; `next`: the time after the watermark; `explicit`: a window that somebody asked for. */
export const WindowKind = z.enum(['whole', 'next', 'explicit']);
export type WindowKind = z.infer<typeof WindowKind>;

/** A part of a window that one lane reads, page after page. */
export type Slice = Window & {
  /**
   * Ids of the only owners that are read, if owners have become visible and are read whole; `null`: all of the feed's.
   */
  ownerIds: string[] | null;
  /**
   * Records that were modified before this instant are settled. Younger records may still become visible late; the
   * overlap of the next window reads them again.
   */
  settledBefore: Instant;
};

/** Owners whose records a run reads. */
export type RunOwners = {
  /** Ids. */
  ids: string[];
  /**
   * True if these are all owners that the account can see and the feed selects, so that a request need not name them.
   */
  all: boolean;
};

/** A part of a window that is not cut into slices yet. */
export type Range = Slice & {
  /** Number of records that the source counted in it. */
  count: number;
  /** Time of the last modification of its oldest record, if `from` is `null`. Unset if nobody has asked yet. */
  oldest?: Instant | undefined;
};
