import { z } from 'zod';

/**
 * Number of records that were read, and what became of them: `read = created + duplicate + rejected + ended + inactive`
 * for every page. A count that is absent is 0: earlier versions did not have it.
 */
export type Counts = {
  pages: number;
  read: number;
  created: number;
  /** A document with the same `_id` exists: the same version was written before. */
  duplicate: number;
  rejected: number;
  /** Inactive in ThreatConnect: the indicator was known, and its tombstone was written. */
  ended?: number | undefined;
  /** Inactive in ThreatConnect, and nothing was written: the indicator is not known, or has ended before. */
  inactive?: number | undefined;
};

export const Counts: z.ZodType<Counts> = z.looseObject({
  pages: z.number(),
  read: z.number(),
  created: z.number(),
  duplicate: z.number(),
  rejected: z.number(),
  ended: z.number().optional(),
  inactive: z.number().optional(),
});

export const NO_COUNTS: Counts = { pages: 0, read: 0, created: 0, duplicate: 0, rejected: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    pages: a.pages + b.pages,
    read: a.read + b.read,
    created: a.created + b.created,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    ended: (a.ended ?? 0) + (b.ended ?? 0),
    inactive: (a.inactive ?? 0) + (b.inactive ?? 0),
  };
}
