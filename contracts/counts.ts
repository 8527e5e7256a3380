import { z } from 'zod';

/**
 * Number of records that were read, and what became of them: `read = created + duplicate + rejected` for every page.
 */
export type Counts = {
  pages: number;
  read: number;
  created: number;
  /** A document with the same `_id` exists: the same version was written before. */
  duplicate: number;
  rejected: number;
};

export const Counts: z.ZodType<Counts> = z.looseObject({
  pages: z.number(),
  read: z.number(),
  created: z.number(),
  duplicate: z.number(),
  rejected: z.number(),
});

export const NO_COUNTS: Counts = { pages: 0, read: 0, created: 0, duplicate: 0, rejected: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    pages: a.pages + b.pages,
    read: a.read + b.read,
    created: a.created + b.created,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
  };
}
