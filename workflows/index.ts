export { reconcileAssets } from './reconcile-assets.ts';
export { syncFeed } from './sync-feed.ts';
