import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BackfillAnswer } from './backfill-progress.ts';
import type { SyncFeedProgress } from './progress.ts';
import type { ReplacementProgress } from './replace-latest-input.ts';
import type { Tuned, Tuning } from './tuning.ts';

/** Pauses a run at the next page boundary. The argument is the reason, a sentence. */
export const pause = defineSignal<[reason?: string]>('pause');

/** Continues a paused run. */
export const resume = defineSignal('resume');

/** State of a run; `null` until its window is open. */
export const progress = defineQuery<SyncFeedProgress | null>('progress');

/** The same of a backfill. */
export const backfillProgress = defineQuery<BackfillAnswer | null>('progress');

/** The same of a replacement of the latest index. */
export const replacementProgress = defineQuery<ReplacementProgress>('progress');

/**
 * Changes page size and lanes of a run and returns the values that hold now. Anything but a {@link Tuning} is refused.
 */
export const tune = defineUpdate<Tuned, [Tuning]>('tune');

/** The same without an answer: a workflow can send signals to another one, and no updates. */
export const tuneSignal = defineSignal<[Tuning]>('tune');
