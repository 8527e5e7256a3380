import {
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  TemporalFailure,
} from '@temporalio/workflow';
import type { UnfinishedSlice } from '../contracts/progress.ts';

/** How long pages under way may take before a run that ends early cancels them. */
const DRAIN = '60 seconds';

export type Lanes = {
  /** How many slices are read at the same time; may change. */
  lanes: () => number;
  /** Those that are not finished, in the order in which they are to be read. */
  slices: () => readonly UnfinishedSlice[];
  /** Makes more slices; false where there are no more to make. */
  plan: () => Promise<boolean>;
  /** Reads one to its end, or for as long as the lane `stays`. */
  read: (slice: UnfinishedSlice, stays: () => boolean) => Promise<void>;
  /** The run is to continue as new: no page is begun any more, and no slice planned. */
  ending: () => boolean;
};

/**
 * Reads slices on several lanes: each takes the first one that no other has, until there are no more. Where a
 * lane fails, the others are cancelled and waited for, so that no page is still being written when the run ends.
 */
export async function runLanes(run: Lanes): Promise<void> {
  const taken = new Set<number>();
  const running = new Map<number, Promise<void>>();
  const errors: unknown[] = [];
  let planning: Promise<boolean> | null = null;
  let exhausted = false;

  const next = async (): Promise<UnfinishedSlice | undefined> => {
    for (;;) {
      const free = run.slices().find(({ number }) => !taken.has(number));
      if (free !== undefined) {
        taken.add(free.number);
        return free;
      }
      // one plan at a time, for all lanes that wait
      planning ??= run.plan().finally(() => {
        planning = null;
      });
      if (!(await planning)) return undefined;
    }
  };

  const readOn = async (index: number): Promise<void> => {
    const stays = () => index < run.lanes() && !run.ending();
    while (stays()) {
      const slice = await next();
      if (slice === undefined) {
        exhausted = true;
        return;
      }
      await run.read(slice, stays);
      taken.delete(slice.number);
      if (run.slices().some(({ number }) => number === slice.number)) exhausted = false;
    }
  };

  const idle = (): number[] =>
    exhausted || run.ending()
      ? []
      : Array.from({ length: run.lanes() }, (_, index) => index).filter((at) => !running.has(at));

  const startIdle = () => {
    for (const index of idle()) {
      const lane = readOn(index)
        .catch((error: unknown) => void errors.push(error))
        .finally(() => running.delete(index));
      running.set(index, lane);
    }
  };

  const scope = new CancellationScope();
  await scope.run(async () => {
    const stopped = () => errors.length > 0 || running.size === 0;
    // a bug writes no command: the run goes on from here once it is mended
    const isBug = () => errors.some((error) => !(error instanceof TemporalFailure));
    try {
      for (;;) {
        startIdle();
        if (stopped()) break;
        await condition(() => stopped() || idle().length > 0 || run.ending());
        if (errors.length > 0 || run.ending()) break;
      }
      if (run.ending()) await condition(stopped, DRAIN);
    } finally {
      if (!isBug()) {
        if (running.size > 0) scope.cancel();
        await Promise.all(running.values());
      }
    }
  });
  // of the pages that were cancelled the run knows where they began
  const failure =
    errors.find((error) => !(error instanceof TemporalFailure)) ??
    errors.find((error) => !(run.ending() && wasCancelled(error)));
  if (failure !== undefined) throw failure;
}

/** Also what ended otherwise before it learned of it: its attempt failed, or its worker was lost. */
function wasCancelled(error: unknown): boolean {
  return (
    isCancellation(error) ||
    (error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED')
  );
}
