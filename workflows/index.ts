export { backfillFeed } from './backfill-feed.ts';
export { reconcileAssets } from './reconcile-assets.ts';
export { replaceLatest } from './replace-latest.ts';
export { replayRejects } from './replay-rejects.ts';
export { syncFeed } from './sync-feed.ts';
