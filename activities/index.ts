import { checkpointWindow } from './checkpoint-window.ts';
import { commitWindow } from './commit-window.ts';
import type { Deps } from './attempt/deps.ts';
import { findDoneSpans } from './find-done-spans.ts';
import { openWindow } from './open-window.ts';
import { planSlices } from './plan-slices.ts';
import { reconcileStep } from './reconcile-step.ts';
import { replayBatch } from './replay-batch.ts';
import { abandonReplacement } from './replace-latest/abandon-replacement.ts';
import { compareLatest } from './replace-latest/compare-latest.ts';
import { finishReplacement } from './replace-latest/finish-replacement.ts';
import { findNewestWritten } from './replace-latest/find-newest-written.ts';
import { listFeeds } from './replace-latest/list-feeds.ts';
import { prepareReplacement } from './replace-latest/prepare-replacement.ts';
import { startCopy } from './replace-latest/start-copy.ts';
import { startNewTransform } from './replace-latest/start-new-transform.ts';
import { stopOldTransform } from './replace-latest/stop-old-transform.ts';
import { swapAlias } from './replace-latest/swap-alias.ts';
import { watchCatchUp } from './replace-latest/watch-catch-up.ts';
import { watchCopy } from './replace-latest/watch-copy.ts';
import { saveProgress } from './save-progress.ts';
import { syncPage } from './sync-page.ts';

/** The activities of both task queues of a namespace; `syncPage` runs on the queue for pages. */
export function createActivities(deps: Deps) {
  return {
    openWindow: openWindow.bind(null, deps),
    planSlices: planSlices.bind(null, deps),
    syncPage: syncPage.bind(null, deps),
    checkpointWindow: checkpointWindow.bind(null, deps),
    commitWindow: commitWindow.bind(null, deps),
    saveProgress: saveProgress.bind(null, deps),
    reconcileStep: reconcileStep.bind(null, deps),
    findDoneSpans: findDoneSpans.bind(null, deps),
    replayBatch: replayBatch.bind(null, deps),
    prepareReplacement: prepareReplacement.bind(null, deps),
    startCopy: startCopy.bind(null, deps),
    watchCopy: watchCopy.bind(null, deps),
    stopOldTransform: stopOldTransform.bind(null, deps),
    startNewTransform: startNewTransform.bind(null, deps),
    watchCatchUp: watchCatchUp.bind(null, deps),
    compareLatest: compareLatest.bind(null, deps),
    findNewestWritten: findNewestWritten.bind(null, deps),
    listFeeds: listFeeds.bind(null, deps),
    swapAlias: swapAlias.bind(null, deps),
    finishReplacement: finishReplacement.bind(null, deps),
    abandonReplacement: abandonReplacement.bind(null, deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
