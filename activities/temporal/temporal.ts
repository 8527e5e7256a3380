import type { Client } from '@temporalio/client';
import { runsUnderWay, type Run } from './runs.ts';

/** What activities ask Temporal about other runs. They change nothing there. */
export type TemporalQuestions = {
  /** Runs of `syncFeed` that are under way in the namespace, the oldest first; one that has just begun may be missing. */
  runsUnderWay(signal: AbortSignal): Promise<Run[]>;
};

/** Asks the Temporal server behind `client`. */
export class Temporal implements TemporalQuestions {
  readonly #client: Client;
  readonly #namespace: string;

  /** @param namespace of the data stream */
  constructor(client: Client, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  runsUnderWay(signal: AbortSignal): Promise<Run[]> {
    return this.#client.withAbortSignal(signal, () => runsUnderWay(this.#client, this.#namespace));
  }
}
