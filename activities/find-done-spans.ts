import { z } from 'zod';
import type { FindDoneSpansInput, FindDoneSpansResult } from '../contracts/activities.ts';
import { attempt } from './attempt/attempt.ts';
import type { Deps } from './attempt/deps.ts';

/** The part of a `SyncFeedResult` that says what was read. A result of another form proves nothing. */
const Result = z.looseObject({
  window: z.looseObject({ from: z.string(), to: z.string() }),
  configHash: z.string(),
  counts: z.looseObject({ read: z.number() }),
  attention: z.array(z.string()),
});

/**
 * Finds the spans that are read already: the last run of the span completed under the same configuration, read the same
 * range and left nothing for a person to look at.
 */
export function findDoneSpans(
  { temporal }: Deps,
  { configHash, spans }: FindDoneSpansInput,
): Promise<FindDoneSpansResult> {
  return attempt(async (signal) => {
    const done: FindDoneSpansResult['done'] = [];
    for (const { number, workflowId, from, to } of spans) {
      const { data } = Result.safeParse(await temporal.resultOf(workflowId, signal));
      const isDone =
        data?.configHash === configHash &&
        data.window.from === from &&
        data.window.to === to &&
        data.attention.length === 0;
      if (isDone) done.push({ number, read: data.counts.read });
    }
    return { done, keptDays: await temporal.keptDays(signal) };
  });
}
