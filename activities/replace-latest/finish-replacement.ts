import type { Replacement } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import { contextOf } from '../attempt/context-of.ts';
import type { Deps } from '../attempt/deps.ts';
import { finishSwap } from '../elasticsearch/assets/latest/finish-swap.ts';

/** What is left to do after the swap. Safe to repeat; if it never happens, the next reconciliation does it. */
export function finishReplacement(
  deps: Deps,
  { replacement }: { replacement: Replacement },
): Promise<void> {
  const { installer: sink } = deps;
  return attempt(async (signal) => {
    const context = await contextOf(deps, signal);
    await finishSwap(sink, context, replacement, signal);
  });
}
