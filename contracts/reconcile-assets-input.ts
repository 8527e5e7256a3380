import { z } from 'zod';

/** Input of the workflow `reconcileAssets`. */
export const ReconcileAssetsInput = z.strictObject({
  /** Only tell what would be done. */
  dryRun: z.boolean().default(false),
  /** Settings of whoever asks: a worker that has others does nothing. Unset: whatever it has. */
  settingsCode: z.string().optional(),
});

export type ReconcileAssetsInput = z.input<typeof ReconcileAssetsInput>;

export type AssetReport = {
  /** Kind and name: `index template tcsync-…`. */
  asset: string;
  /** `missing` only in a dry run; `blocked`: nothing was done, a person has to, see `detail`. */
  state: 'ok' | 'created' | 'started' | 'missing' | 'blocked';
  detail: string | null;
};

/** What `apply` puts into Schedules itself: a worker that has another value keeps it from nothing. */
export const SCHEDULE_SETTINGS: readonly string[] = ['TCSYNC_SYNC_EVERY', 'TCSYNC_VERIFY_EVERY'];

/** Stands in the place of all assets where the worker has other settings than whoever asked. */
export const WORKER_SETTINGS = 'settings of the worker';
