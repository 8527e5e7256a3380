import type { Parts } from './parts.ts';
import { say } from './say.ts';

const NAME = 'the worker';

/** The worker, as one that crashes. */
export class KilledWorker {
  readonly #parts: Pick<Parts, 'processes' | 'env'>;
  kills = 0;

  constructor(parts: Pick<Parts, 'processes' | 'env'>) {
    this.#parts = parts;
  }

  /** @param when what the worker is at */
  async kill(when: string): Promise<void> {
    await this.#parts.processes.kill(NAME);
    this.kills += 1;
    say(`KILL ${this.kills}: the worker gets SIGKILL ${when}`);
  }

  async restart(): Promise<void> {
    await this.#parts.processes.startWorker(NAME, this.#parts.env);
    say('a new worker is there');
  }
}
