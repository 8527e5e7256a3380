import { setTimeout as delay } from 'node:timers/promises';

/** Waits, but returns at once if the client has closed the connection. */
export async function pause(ms: number, gone: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  try {
    await delay(ms, undefined, { signal: gone });
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}
