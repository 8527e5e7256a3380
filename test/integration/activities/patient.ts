import { failureTypeOf, toFailure } from '../../../activities/attempt/failure.ts';
import type { Activities } from '../../../activities/index.ts';

const ATTEMPTS_MAX = 200;

/** Repeats each activity as Temporal does: until it succeeds, or until its failure is final. */
export function patient(once: Activities): Activities {
  const wrapped = Object.entries(once).map(([name, activity]) => [
    name,
    async (input: never) => {
      const failures = new Map<string, number>();
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await (activity as (input: never) => Promise<unknown>)(input);
        } catch (error) {
          const type = failureTypeOf(error);
          const times = (failures.get(type) ?? 0) + 1;
          failures.set(type, times);
          const { nonRetryable } = toFailure(error, times, (text) => text);
          if (attempt === ATTEMPTS_MAX || nonRetryable === true) throw error;
        }
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Activities;
}
