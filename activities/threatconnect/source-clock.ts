import { parseHttpDate } from './http-date.ts';

/**
 * The source's clock: the worker's, corrected by what the `Date` headers of its answers say. A header has
 * whole seconds, so it only bounds the difference; the correction moves no further than the bounds demand
 * and stays zero where the two clocks agree.
 */
export class SourceClock {
  #offsetMs = 0;
  readonly #now: () => number;

  /** @param now the worker's clock, epoch milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Epoch milliseconds at the source. */
  nowMs(): number {
    return this.#now() + this.#offsetMs;
  }

  /** The source's clock less the worker's. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** The worker's own clock, for `observe`. */
  workerMs(): number {
    return this.#now();
  }

  /**
   * @param dateHeader value of `Date`; ignored where it is missing or no date
   * @param sentMs the worker's clock when the request was sent
   */
  observe(dateHeader: string | undefined, sentMs: number): void {
    const secondMs = dateHeader === undefined ? null : parseHttpDate(dateHeader);
    if (secondMs === null) return;
    const least = secondMs - this.#now();
    const most = secondMs + 999 - sentMs;
    this.#offsetMs = Math.max(least, Math.min(this.#offsetMs, most));
  }
}
