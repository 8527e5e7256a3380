import { z } from 'zod';
import type { Instant } from './instant.ts';

/** A half-open range `[from, to)` of `lastModified`. `from: null` is the beginning of time. */
export type Window = { from: Instant | null; to: Instant };

/** `whole`: all of the feed; `next`: what follows the watermark; `explicit`: a window that somebody asked for. */
export const WindowKind = z.enum(['whole', 'next', 'explicit']);
export type WindowKind = z.infer<typeof WindowKind>;

/** A part of a window that one lane reads, page after page. */
export type Slice = Window & {
  /** Only these owners (ids): an owner that has become visible is read whole. `null`: all of the feed. */
  ownerIds: string[] | null;
  /**
   * Records that were modified before this instant are settled. Younger ones may still become visible late; the
   * overlap of the next window reads them again.
   */
  settledBefore: Instant;
};

/** Owners whose records a run reads. */
export type RunOwners = {
  /** Ids. */
  ids: string[];
  /** They are all that the account can see and the feed selects, so that a request need not name them. */
  all: boolean;
};

/** A part of a window that is not cut into slices yet. */
export type Range = Slice & {
  /** Records that the source counted in it. */
  count: number;
  /** When its oldest record was last modified, if `from` is `null`. Unset: nobody has asked yet. */
  oldest?: Instant | undefined;
};
