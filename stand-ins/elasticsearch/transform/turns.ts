import { setImmediate } from 'node:timers/promises';

// long enough that a change of turns costs little, short enough that nobody notices the wait
const TURN_MS = 10;

/** The work was stopped from outside. */
export class Interrupted extends Error {}

/** Splits long work into turns, so that the server answers requests in between. */
export class Turns {
  readonly #signal: AbortSignal;
  #startedMs = performance.now();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get isOver(): boolean {
    return performance.now() - this.#startedMs > TURN_MS;
  }

  /** @throws {Interrupted} */
  async next(): Promise<void> {
    await setImmediate();
    if (this.#signal.aborted) throw new Interrupted();
    this.#startedMs = performance.now();
  }
}
