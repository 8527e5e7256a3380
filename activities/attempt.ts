import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';

/** Often enough that a cancellation arrives soon; the SDK itself throttles what is sent. */
const BEAT_MS = 5_000;

/** What is left of the attempt's time for it to end by itself. */
const MARGIN_MS = 1_000;

/**
 * Runs one attempt with its heartbeat. The signal fires on cancellation and at the attempt's deadline, so
 * that nothing leaves after Temporal has given the attempt up and may have started the next one.
 */
export async function attempt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadlineMs = Math.max(activityInfo().startToCloseTimeoutMs - MARGIN_MS, 1);
  const signal = AbortSignal.any([cancellationSignal(), AbortSignal.timeout(deadlineMs)]);
  heartbeat();
  const beat = setInterval(heartbeat, BEAT_MS);
  try {
    return await work(signal);
  } finally {
    clearInterval(beat);
  }
}
