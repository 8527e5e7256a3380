import { z } from 'zod';

/**
 * Number of failed attempts at an activity, by the type of their failure. An attempt passes it on in its heartbeat
 * details, which Temporal keeps with its failure. The number of the attempt would count failures of every type: after a
 * night without a network, the first broken answer would be the last.
 */
export type FailureCounts = Readonly<Record<string, number>>;

const Carried = z.object({ failures: z.record(z.string(), z.int().min(1)) });

/** @param heartbeatDetails of the attempt before this one, from any version of the program */
export function failuresBefore(heartbeatDetails: unknown): FailureCounts {
  return Carried.safeParse(heartbeatDetails).data?.failures ?? {};
}

export function countFailure(counts: FailureCounts, type: string): FailureCounts {
  return { ...counts, [type]: (counts[type] ?? 0) + 1 };
}
