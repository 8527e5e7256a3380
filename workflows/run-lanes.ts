import { ActivityFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';

/** How a run waits and cancels: as Temporal does it, or as a test does it without Temporal. */
export type Engine = {
  /** Resolves when the condition is true, or after `withinMs`. */
  until: (condition: () => boolean, withinMs?: number) => Promise<unknown>;
  /** What is called within `run` ends at `cancel`. */
  scope: () => { run: (work: () => Promise<void>) => Promise<void>; cancel: () => void };
};

/** What a lane reads: a slice of a window, or a span of a backfill. */
type Numbered = { number: number };

export type Lanes<T extends Numbered> = {
  /** Number of slices that are read at the same time; may change. */
  lanes: () => number;
  /** The unfinished slices, in the order in which they are to be read. */
  slices: () => readonly T[];
  /** Plans more slices; false if nothing is left to plan. */
  plan: () => Promise<boolean>;
  /** Reads a slice to its end, or until `stays` is false. */
  read: (slice: T, stays: () => boolean) => Promise<void>;
  /** True if the run is to continue as new: nothing is begun and no slice is planned any more. */
  ending: () => boolean;
  /**
   * How long a run that is to continue as new waits for what is under way before it cancels it, in milliseconds; `null`:
   * until it has ended.
   */
  drainMs: number | null;
};

/**
 * Reads slices on several lanes. Each lane takes the first slice that no other lane has, until no slice is left. If a
 * lane fails, the others are cancelled and waited for, so that no page is still being written when the run ends.
 */
export async function runLanes<T extends Numbered>(
  run: Lanes<T>,
  { until, scope: newScope }: Engine,
): Promise<void> {
  const taken = new Set<number>();
  const running = new Map<number, Promise<void>>();
  const errors: unknown[] = [];
  let planning: Promise<boolean> | null = null;
  let exhausted = false;

  const next = async (): Promise<T | undefined> => {
    for (;;) {
      const free = run.slices().find(({ number }) => !taken.has(number));
      if (free !== undefined) {
        taken.add(free.number);
        return free;
      }
      // one plan at a time, for all waiting lanes
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

  const scope = newScope();
  await scope.run(async () => {
    const stopped = () => errors.length > 0 || running.size === 0;
    // after a bug no command may be written: the run continues from here once the bug is fixed
    const isBug = () => errors.some((error) => !(error instanceof TemporalFailure));
    try {
      for (;;) {
        startIdle();
        if (stopped()) break;
        await until(() => stopped() || idle().length > 0 || run.ending());
        if (errors.length > 0 || run.ending()) break;
      }
      if (run.ending()) {
        await (run.drainMs === null ? until(stopped) : until(stopped, run.drainMs));
      }
    } finally {
      if (!isBug()) {
        if (running.size > 0) scope.cancel();
        await Promise.all(running.values());
      }
    }
  });
  // a cancelled page is no failure: the run knows its cursor and reads it again
  const failure =
    errors.find((error) => !(error instanceof TemporalFailure)) ??
    errors.find((error) => !(run.ending() && wasCancelled(error)));
  if (failure !== undefined) throw failure;
}

/** Also an activity that ended before it learned of the cancellation: its attempt failed, or its worker was lost. */
function wasCancelled(error: unknown): boolean {
  return (
    isCancellation(error) ||
    (error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED')
  );
}
