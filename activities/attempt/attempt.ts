import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { z } from 'zod';
import { failureTypeOf } from './failure.ts';
import { countFailure, failuresBefore } from './failure-counts.ts';

/** Short enough that a cancellation arrives soon; the SDK itself throttles the heartbeats that are sent. */
const BEAT_MS = 5_000;

/** Time before the attempt's deadline at which it ends by itself. */
const MARGIN_MS = 1_000;

/** Heartbeat details: what an attempt passes on to the next one. */
export type Details = z.infer<typeof Details>;

const Details = z.object({
  /** Number of records per page that the source may be able to deliver. */
  pageSize: z.number().int().min(1),
});

export type Beat = {
  /** Details of an earlier attempt; `null` if there was none, or if it sent none. */
  last: Details | null;
  /** Passes details on to the next attempt. */
  send(details: Details): void;
};

/**
 * Runs one attempt with its heartbeat. The signal fires on cancellation and shortly before the attempt's deadline, so
 * that no request leaves after Temporal has given up the attempt and may have started the next one.
 */
export async function attempt<T>(
  work: (signal: AbortSignal, beat: Beat) => Promise<T>,
): Promise<T> {
  const { startToCloseTimeoutMs, heartbeatDetails } = activityInfo();
  const deadlineMs = Math.max(startToCloseTimeoutMs - MARGIN_MS, 1);
  const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(deadlineMs)]);
  const last = Details.safeParse(heartbeatDetails).data ?? null;
  let details = last;
  let failures = failuresBefore(heartbeatDetails);
  const send = () => heartbeat({ ...details, failures });
  send();
  const timer = setInterval(send, BEAT_MS);
  const beat: Beat = {
    last,
    send: (next) => {
      details = next;
      send();
    },
  };
  try {
    return await work(signal, beat);
  } catch (error) {
    failures = countFailure(failures, failureTypeOf(error));
    send();
    throw error;
  } finally {
    clearInterval(timer);
  }
}
