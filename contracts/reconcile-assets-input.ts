import { z } from 'zod';

/** Input of the workflow `reconcileAssets`. */
export const ReconcileAssetsInput = z.strictObject({
  /** True: only report what would be done. */
  dryRun: z.boolean().default(false),
  /** Code of the caller's settings: a worker with other settings does nothing. Unset: any worker may do it. */
  settingsCode: z.string().optional(),
});

export type ReconcileAssetsInput = z.input<typeof ReconcileAssetsInput>;

export type AssetReport = {
  /** Kind and name: `index template tcsync-…`. */
  asset: string;
  /** `missing` occurs only in a dry run; `blocked`: nothing was done, a person has to act, see `detail`. */
  state: 'ok' | 'created' | 'started' | 'missing' | 'blocked';
  detail: string | null;
};

/** `apply` itself writes these into Schedules, so that a worker with other values is no reason to refuse. */
export const SCHEDULE_SETTINGS: readonly string[] = [
  'TCSYNC_SYNC_EVERY',
  'TCSYNC_SYNC_CRON',
  'TCSYNC_TIMEZONE',
  'TCSYNC_VERIFY_EVERY',
];

/** Takes the place of all assets in the report if the worker's settings differ from the caller's. */
export const WORKER_SETTINGS = 'settings of the worker';
