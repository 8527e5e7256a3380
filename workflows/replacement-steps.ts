import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import type { FailureType } from '../contracts/failures.ts';
import type {
  Build,
  CopyPart,
  LatestComparison,
  PrepareReplacementInput,
  ReplaceLatestResult,
  Replacement,
  ReplacementProgress,
  StartedCopy,
} from '../contracts/replace-latest-input.ts';

/*
 *                 ┌ copy:  copy all ─ stop old ─ copy changes ─ start new ────────┐
 *     prepare ────┤                                                               ├ catch up ─ compare ─ swap ─ finish
 *                 └ read, undo:  start new ─ (read the feeds) ─ catch up ─ stop old ┘
 *
 * Readers see the old index until the swap. A failure before it ends with the old index and its transform as they were.
 */

/**
 * Minutes after which something is wrong with what lasts a minute or two. Each costs at most 17 events of the history: a
 * look is an activity and a workflow task, six; a copy that is lost is two activities and a timer.
 */
const LOOKS_MAX = 12 * 60;

/** What surrounds the steps: Temporal, or a test. */
export type Surroundings = {
  activities: Omit<Activities, 'compareLatest'>;
  /** Apart, as it may take longer. */
  compareLatest: Activities['compareLatest'];
  /** A pause before something is tried again. */
  pause: () => Promise<void>;
  /** Task of the copy that a run before has begun; `null` if there is none. */
  copying: string | null;
  /** Starts the workflow again if its history is long. @param copying task of the copy that runs; `null` if none does */
  renew: (copying: string | null) => Promise<void>;
  /** Reads all feeds whole. */
  readFeeds: () => Promise<void>;
  /** Runs what a cancellation must not stop. */
  afterAll: <T>(work: () => Promise<T>) => Promise<T>;
  report: (change: Partial<ReplacementProgress>) => void;
};

/** Replaces the latest index. Can be started again from the beginning at any time. */
export async function takeSteps(
  around: Surroundings,
  asked: PrepareReplacementInput,
): Promise<ReplaceLatestResult> {
  const { activities, afterAll, report } = around;
  // if it is cut off, nobody knows what to give up
  const replacement = await afterAll(() => activities.prepareReplacement(asked));
  report({ replacement });
  let compared: LatestComparison | null;
  try {
    compared = await build(around, replacement);
    report({ phase: 'swapping' });
    // if it is cut off, Elasticsearch may still carry it out after the new index was given up
    await afterAll(() => activities.swapAlias({ replacement }));
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
  { activities, copying, pause, renew, report }: Surroundings,
  replacement: Replacement,
  part: CopyPart,
): Promise<void> {
  const isCarried = part === 'all' && copying !== null;
  let started: StartedCopy | null = isCarried ? { task: copying, isNew: false } : null;
  const look = async (): Promise<true | null> => {
    started ??= await activities.startCopy({ replacement, part });
    const { state, copied, total } = await activities.watchCopy({ task: started.task });
    report({ copied, total });
    if (state === 'running') return null;
    // a copy of an earlier attempt may have begun before the old transform was stopped
    if (state === 'done' && (started.isNew || part === 'all')) return true;
    started = null;
    if (state === 'lost') await pause();
    return null;
  };
  if (part === 'changes') {
    await untilSeen(look, `what has changed cannot be copied into ${replacement.to.index}`);
    return;
  }
  // it may last for days; the next run of the workflow goes on with the same task
  while ((await look()) === null) await renew(started?.task ?? null);
}

async function stopOld(
  { activities, report }: Surroundings,
  replacement: Replacement,
): Promise<number | null> {
  report({ phase: 'stopping' });
  const { readToMs } = await untilSeen(
    () => activities.stopOldTransform({ replacement }),
    `the old transform ${statsOf(replacement.from)} does not stop`,
  );
  return readToMs;
}

async function catchUp(
  { activities, report }: Surroundings,
  replacement: Replacement,
  readToMs: number | null,
): Promise<void> {
  report({ phase: 'catching up' });
  await untilSeen(
    async () => (await activities.watchCatchUp({ replacement, readToMs })) || null,
    `the new transform ${statsOf(replacement.to)} does not catch up`,
  );
}

function statsOf({ transform }: Build): string {
  return `${transform} (GET _transform/${transform}/_stats)`;
}

/** Looks until there is something to see. Each look lasts up to a minute. */
async function untilSeen<T>(look: () => Promise<T | null>, complaint: string): Promise<T> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const seen = await look();
    if (seen !== null) return seen;
  }
  throw ApplicationFailure.nonRetryable(
    `${complaint}: look at the log of Elasticsearch; nothing was replaced`,
    'SinkMisconfigured' satisfies FailureType,
  );
}
