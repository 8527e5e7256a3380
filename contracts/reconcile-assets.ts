import { z } from 'zod';

/** Input of the workflow `reconcileAssets`. */
export const ReconcileAssetsInput = z.strictObject({
  /** Only tell what would be done. */
  dryRun: z.boolean().default(false),
});

export type ReconcileAssetsInput = z.input<typeof ReconcileAssetsInput>;

export type AssetReport = {
  /** Kind and name: `index template tcsync-…`. */
  asset: string;
  /** `missing` only in a dry run; `blocked`: nothing was done, a person has to, see `detail`. */
  state: 'ok' | 'created' | 'started' | 'missing' | 'blocked';
  detail: string | null;
};
