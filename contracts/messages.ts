import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SyncFeedProgress } from './progress.ts';
import type { Tuned, Tuning } from './tuning.ts';

/** Holds a run at the next page boundary. Its argument says why, in a sentence. */
export const pause = defineSignal<[reason?: string]>('pause');

/** Lets a paused run go on. */
export const resume = defineSignal('resume');

/** Where a run stands; `null` until its window is open. */
export const progress = defineQuery<SyncFeedProgress | null>('progress');

/** Answers what holds now. Refused where it is no {@link Tuning}. */
export const tune = defineUpdate<Tuned, [Tuning]>('tune');
