/** State of the clock. Times are epoch milliseconds. */
export interface ClockState {
  nowMs: number;
  mode: 'real' | 'offset' | 'fixed';
  offsetMs: number;
}

/**
 * The server's clock: it dates changes, checks timestamps of signatures and fills the `Date` header.
 * It shows the real time until it is set. Then it stands still until it is moved, so that a test needs no sleep.
 */
export class Clock {
  #fixedMs: number | null = null;
  #offsetMs = 0;

  nowMs(): number {
    return this.#fixedMs ?? Date.now() + this.#offsetMs;
  }

  set(nowMs: number): void {
    this.#fixedMs = nowMs;
    this.#offsetMs = 0;
  }

  /** Moves a standing clock, or shifts a running one. */
  advance(byMs: number): void {
    if (this.#fixedMs === null) this.#offsetMs += byMs;
    else this.#fixedMs += byMs;
  }

  /** Runs with the real time, `offsetMs` ahead of it. */
  run(offsetMs: number): void {
    this.#fixedMs = null;
    this.#offsetMs = offsetMs;
  }

  state(): ClockState {
    const running = this.#offsetMs === 0 ? 'real' : 'offset';
    return {
      nowMs: this.nowMs(),
      mode: this.#fixedMs === null ? running : 'fixed',
      offsetMs: this.#offsetMs,
    };
  }
}
