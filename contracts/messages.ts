import { defineQuery } from '@temporalio/workflow';
import type { SyncFeedProgress } from './sync-feed.ts';

/** Where a run stands; `null` until its window is open. */
export const progress = defineQuery<SyncFeedProgress | null>('progress');
