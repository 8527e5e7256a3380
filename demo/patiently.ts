import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '@elastic/elasticsearch';

const TRIES = 20;
const PAUSE_MS = 1_000;

/** Repeats a request that is answered with 429: a small cluster is still busy with the documents of the demo. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const isBusy = error instanceof errors.ResponseError && error.statusCode === 429;
      if (!isBusy || tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
