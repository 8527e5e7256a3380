import { z } from 'zod';

/**
 * How many attempts at an activity have failed, by the type of their failure. One attempt leaves them to the
 * next in its heartbeat's details, which go along with its failure: the number of the attempt counts failures
 * of any kind, and a night without a network would make the first broken answer the last.
 */
export type FailureCounts = Readonly<Record<string, number>>;

const Carried = z.object({ failures: z.record(z.string(), z.int().min(1)) });

/** @param heartbeatDetails of the attempt before this one, from whatever build */
export function failuresBefore(heartbeatDetails: unknown): FailureCounts {
  return Carried.safeParse(heartbeatDetails).data?.failures ?? {};
}

export function countFailure(counts: FailureCounts, type: string): FailureCounts {
  return { ...counts, [type]: (counts[type] ?? 0) + 1 };
}
