import { z } from 'zod';

/** Records a page. */
export const PageSize = z.number().int().min(1).max(10_000);
/** Slices that are read at the same time. */
export const Lanes = z.number().int().min(1).max(16);

/** How much a run reads at a time, from now on; what is left out stays. */
export const Tuning = z
  .strictObject({ pageSize: PageSize.optional(), lanes: Lanes.optional() })
  .refine(({ pageSize, lanes }) => pageSize !== undefined || lanes !== undefined, {
    error: 'expected `pageSize`, `lanes` or both',
  });
export type Tuning = z.infer<typeof Tuning>;

/** What holds for a run. */
export type Tuned = { pageSize: number; lanes: number };
