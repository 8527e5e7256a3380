import { checkpointWindow } from './checkpoint-window.ts';
import { commitWindow } from './commit-window.ts';
import type { Deps } from './attempt/deps.ts';
import { findDoneSpans } from './find-done-spans.ts';
import { openWindow } from './open-window.ts';
import { planSlices } from './plan-slices.ts';
import { reconcileStep } from './reconcile-step.ts';
import { replayBatch } from './replay-batch.ts';
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
  };
}

export type Activities = ReturnType<typeof createActivities>;
