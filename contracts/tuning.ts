import { z } from 'zod';

/** Records per page. */
export const PageSize = z.number().int().min(1).max(10_000);
/** Number of slices that are read at the same time. */
export const Lanes = z.number().int().min(1).max(16);

/** Changes how much a run reads at a time, from now on; a missing key changes nothing. */
export const Tuning = z
  .strictObject({ pageSize: PageSize.optional(), lanes: Lanes.optional() })
  .refine(({ pageSize, lanes }) => pageSize !== undefined || lanes !== undefined, {
    error: 'expected `pageSize`, `lanes` or both',
  });
export type Tuning = z.infer<typeof Tuning>;

/** The values that hold for a run now. */
export type Tuned = { pageSize: number; lanes: number };
