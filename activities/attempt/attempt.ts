import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { z } from 'zod';
import { failureTypeOf } from './failure.ts';
import { countFailure, failuresBefore } from './failure-counts.ts';

/** Often enough that a cancellation arrives soon; the SDK itself throttles what is sent. */
const BEAT_MS = 5_000;

/** What is left of the attempt's time for it to end by itself. */
const MARGIN_MS = 1_000;

/** What an attempt leaves to the next one. */
export type Details = z.infer<typeof Details>;

const Details = z.object({
  /** Records of a page that the source may bear. */
  pageSize: z.number().int().min(1),
});

export type Beat = {
  /** What an earlier attempt has left; `null` where there was none, or nothing. */
  last: Details | null;
  /** Leaves something to the next attempt. */
  send(details: Details): void;
};

/**
 * Runs one attempt with its heartbeat. The signal fires on cancellation and at the attempt's deadline, so
 * that nothing leaves after Temporal has given the attempt up and may have started the next one.
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
