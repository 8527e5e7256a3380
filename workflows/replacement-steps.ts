import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import type { FailureType } from '../contracts/failures.ts';
import type {
  CopyPart,
  LatestComparison,
  PrepareReplacementInput,
  ReplaceLatestResult,
  Replacement,
  ReplacementProgress,
} from '../contracts/replace-latest-input.ts';

/*
 *                 ┌ copy:  copy all ─ stop old ─ copy changes ─ start new ────────┐
 *     prepare ────┤                                                               ├ catch up ─ compare ─ swap ─ finish
 *                 └ read, undo:  start new ─ (read the feeds) ─ catch up ─ stop old ┘
 *
 * Readers see the old index until the swap. A failure before it ends with the old index and its transform as they were.
 */

/** A transform is late by a minute or two. After so many minutes something is wrong with it. */
const CATCH_UP_LOOKS_MAX = 12 * 60;

/** What surrounds the steps: Temporal, or a test. */
export type Surroundings = {
  activities: Omit<Activities, 'compareLatest'>;
  /** Apart, as it may take longer. */
  compareLatest: Activities['compareLatest'];
  /** A pause before something is tried again. */
  pause: () => Promise<void>;
  /** Reads all feeds whole. */
  readFeeds: () => Promise<void>;
  /** Runs what must be done after a cancellation too. */
  afterAll: <T>(work: () => Promise<T>) => Promise<T>;
  report: (change: Partial<ReplacementProgress>) => void;
};

/** Replaces the latest index. Can be started again from the beginning at any time. */
export async function takeSteps(
  around: Surroundings,
  asked: PrepareReplacementInput,
): Promise<ReplaceLatestResult> {
  const { activities, afterAll, report } = around;
  const replacement = await activities.prepareReplacement(asked);
  report({ replacement });
  let compared: LatestComparison | null;
  try {
    compared = await build(around, replacement);
    report({ phase: 'swapping' });
    await activities.swapAlias({ replacement });
  } catch (error) {
    // after a bug nothing may be written into the history
    if (!(error instanceof TemporalFailure)) throw error;
    await afterAll(async () => {
      const isKept = await activities.abandonReplacement({ replacement });
      if (!isKept) await activities.finishReplacement({ replacement });
    });
    throw error;
  }
  report({ phase: 'finishing' });
  await afterAll(() => activities.finishReplacement({ replacement }));
  const { kind, from, to } = replacement;
  return { kind, from: from.index, to: to.index, compared };
}

/** Until the new index has everything that the old one has. */
async function build(
  around: Surroundings,
  replacement: Replacement,
): Promise<LatestComparison | null> {
  const { activities, compareLatest, readFeeds, report } = around;
  let readToMs: number | null;
  if (replacement.kind === 'copy') {
    report({ phase: 'copying' });
    await copy(around, replacement, 'all');
    readToMs = await stopOld(around, replacement);
    report({ phase: 'copying changes' });
    await copy(around, replacement, 'changes');
    await activities.startNewTransform({ replacement });
  } else {
    report({ phase: 'catching up' });
    await activities.startNewTransform({ replacement });
    if (replacement.kind === 'read') {
      report({ phase: 'reading' });
      await readFeeds();
    }
    // the old one goes on meanwhile
    await catchUp(around, replacement, (await activities.findNewestWritten({})).readToMs);
    readToMs = await stopOld(around, replacement);
  }
  await catchUp(around, replacement, readToMs);
  report({ phase: 'comparing' });
  return compareLatest({ replacement, readToMs });
}

async function copy(
  { activities, pause, report }: Surroundings,
  replacement: Replacement,
  part: CopyPart,
): Promise<void> {
  for (;;) {
    const { task, isNew } = await activities.startCopy({ replacement, part });
    let look = await activities.watchCopy({ task });
    report({ copied: look.copied, total: look.total });
    while (look.state === 'running') {
      look = await activities.watchCopy({ task });
      report({ copied: look.copied, total: look.total });
    }
    // a copy of an earlier attempt may have begun before the old transform was stopped
    if (look.state === 'done' && (isNew || part === 'all')) return;
    if (look.state === 'lost') await pause();
  }
}

async function stopOld(
  { activities, report }: Surroundings,
  replacement: Replacement,
): Promise<number | null> {
  report({ phase: 'stopping' });
  for (;;) {
    const stopped = await activities.stopOldTransform({ replacement });
    if (stopped !== null) return stopped.readToMs;
  }
}

async function catchUp(
  { activities, report }: Surroundings,
  replacement: Replacement,
  readToMs: number | null,
): Promise<void> {
  report({ phase: 'catching up' });
  for (let looks = 0; looks < CATCH_UP_LOOKS_MAX; looks += 1) {
    if (await activities.watchCatchUp({ replacement, readToMs })) return;
  }
  throw ApplicationFailure.nonRetryable(
    `the new transform ${replacement.to.transform} does not catch up: GET _transform/${replacement.to.transform}/_stats says why; nothing was replaced`,
    'SinkMisconfigured' satisfies FailureType,
  );
}
