import { CancellationScope } from '@temporalio/workflow';
import type { UnfinishedSlice } from '../contracts/sync-feed.ts';

/**
 * Reads slices on several lanes: each takes the first one that no other has, until there are no more. Where a
 * lane fails, the others are cancelled and waited for, so that no page is still being written when the run ends.
 *
 * @param slices those that are not finished, in the order in which they are to be read
 * @param plan makes more slices; false where there are no more to make
 * @param read reads one, or leaves it unfinished where the run is to continue as new
 */
export async function runLanes(
  lanes: number,
  slices: () => readonly UnfinishedSlice[],
  plan: () => Promise<boolean>,
  read: (slice: UnfinishedSlice) => Promise<void>,
): Promise<void> {
  const taken = new Set<number>();
  let planning: Promise<boolean> | null = null;

  const next = async (): Promise<UnfinishedSlice | undefined> => {
    for (;;) {
      const free = slices().find(({ number }) => !taken.has(number));
      if (free !== undefined) {
        taken.add(free.number);
        return free;
      }
      // one plan at a time, for all lanes that wait
      planning ??= plan().finally(() => {
        planning = null;
      });
      if (!(await planning)) return undefined;
    }
  };

  const lane = async () => {
    for (;;) {
      const slice = await next();
      if (slice === undefined) return;
      await read(slice);
    }
  };

  const scope = new CancellationScope();
  await scope.run(async () => {
    const running = Array.from({ length: lanes }, lane);
    try {
      await Promise.all(running);
    } catch (error) {
      scope.cancel();
      await Promise.allSettled(running);
      throw error;
    }
  });
}
