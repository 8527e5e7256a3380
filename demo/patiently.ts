import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '@elastic/elasticsearch';

const TRIES = 20;
const PAUSE_MS = 1_000;

/** Asks again for a while where a small cluster answers 429: it is busy with what the demo has written. */
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
