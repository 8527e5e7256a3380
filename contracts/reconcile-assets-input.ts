import { z } from 'zod';

/** Input of the workflow `reconcileAssets`. */
export const ReconcileAssetsInput = z.strictObject({
  /** True: only report what would be done. */
  dryRun: z.boolean().default(false),
  /**
   * True: a person asks, by `tcsync apply`. Then the settings of this namespace replace those that another one has set for
   * assets that all namespaces share.
   */
  overrule: z.boolean().default(false),
  /** Code of the caller's settings: a worker with other settings does nothing. Unset: any worker may do it. */
  settingsCode: z.string().optional(),
});

export type ReconcileAssetsInput = z.input<typeof ReconcileAssetsInput>;

/** The steps of a reconciliation in their order: what a later step works on needs what an earlier one creates. */
export const ASSET_STEPS = [
  /** Templates and index of the program's own state, rejects and runs: needed in every mode. */
  'own',
  /** Whether the assets of the indicators are the program's. If they are not, the steps below do nothing. */
  'mode',
  'pipelines',
  'lifecycle',
  'templates',
  'stream',
  'backing-indices',
  'latest',
  'transform',
  /** Latest indices that were replaced, and are kept for a time. */
  'superseded',
] as const;

export type AssetStep = (typeof ASSET_STEPS)[number];

export type ReconcileStepInput = Omit<z.output<typeof ReconcileAssetsInput>, 'overrule'> & {
  step: AssetStep;
  /** Unset in runs that began before there was this member. */
  overrule?: boolean;
};

/** The states of an asset after a reconciliation. */
export const ASSET_STATES = [
  /** As it should be. */
  'ok',
  /** It did not exist. */
  'created',
  /** Its definition differed. */
  'updated',
  /** It did not work as it is defined. */
  'repaired',
  /** It differs in a way that is left to the operator. */
  'drift-ignored',
  /** A person has to do something first; the detail says what. */
  'blocked',
  /** The program did not create it, and leaves it as it is. */
  'foreign',
] as const;

/** In a dry run `missing`, `differs` and `broken` say that it would be created, updated or repaired. */
export type AssetState = (typeof ASSET_STATES)[number] | 'missing' | 'differs' | 'broken';

export type AssetReport = {
  /** Kind and name: `index template tcsync-…`. */
  asset: string;
  state: AssetState;
  /** Differences, such as `priority: 100 → 180`, and repairs; empty if nothing was to be done. */
  changes: string[];
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
