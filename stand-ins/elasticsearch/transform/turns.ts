import { setImmediate } from 'node:timers/promises';

// Long enough that changing turns costs little, short enough that nobody notices the wait.
const TURN_MS = 10;

/** Thrown where work is given up because somebody stopped it. */
export class Interrupted extends Error {}

/** Splits long work into turns, so that requests are answered in between. */
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
