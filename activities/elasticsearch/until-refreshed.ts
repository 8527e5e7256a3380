import type { Waiting } from '../attempt/waiting.ts';

/** Elasticsearch makes a written document visible within about a second. */
const REFRESHED_MS = 2_000;

/** Waits until a search sees what was written before, for example by an attempt that has just ended. */
export async function untilRefreshed(waiting: Waiting, signal: AbortSignal): Promise<void> {
  await waiting.sleep(REFRESHED_MS, signal);
}
