/** The answer of `/_sim/clock`. */
export interface ClockState {
  readonly nowMs: number;
  /** Milliseconds ahead of the machine's clock. */
  readonly offsetMs: number;
  /** True if the clock stands still until a request moves it. */
  readonly frozen: boolean;
}

/** The body of `POST /_sim/clock`. The fields are applied in this order. */
export interface ClockChange {
  /** Back to the machine's clock. */
  readonly real?: true;
  /** The clock runs, ahead of the machine's clock by this time. */
  readonly offsetMs?: number;
  /** The clock stands still at this time. */
  readonly nowMs?: number;
  /** The clock moves on by this time, standing or running. */
  readonly advanceMs?: number;
}

// above 2^31 - 1 ms setTimeout fires at once
const MAX_TIMER_MS = 2_147_483_647;

/** The server's clock: the machine's until a test moves it. */
export class SimClock {
  #offsetMs = 0;
  #frozenAtMs: number | null = null;
  #heldAtMs: number | null = null;
  readonly #waiting = new Set<() => void>();

  nowMs(): number {
    return this.#heldAtMs ?? this.#frozenAtMs ?? Date.now() + this.#offsetMs;
  }

  /** Now with nine digits of a second, as the ingest timestamp is written: `2026-11-24T10:00:00.123456789Z`. */
  nowNanos(): string {
    const text = new Date(this.nowMs()).toISOString();
    if (this.#frozenAtMs !== null) return text;
    const nanos = String(process.hrtime.bigint() % 1_000_000n).padStart(6, '0');
    return `${text.slice(0, -1)}${nanos}Z`;
  }

  /** Does something at an earlier time of the clock. */
  at(ms: number, act: () => void): void {
    this.#heldAtMs = ms;
    try {
      act();
    } finally {
      this.#heldAtMs = null;
    }
  }

  state(): ClockState {
    const nowMs = this.nowMs();
    const frozen = this.#frozenAtMs !== null;
    return { nowMs, offsetMs: frozen ? nowMs - Date.now() : this.#offsetMs, frozen };
  }

  change(change: ClockChange): void {
    if (change.real === true) this.#run(0);
    if (change.offsetMs !== undefined) this.#run(change.offsetMs);
    if (change.nowMs !== undefined) this.#frozenAtMs = change.nowMs;
    if (change.advanceMs !== undefined) {
      if (this.#frozenAtMs === null) this.#offsetMs += change.advanceMs;
      else this.#frozenAtMs += change.advanceMs;
    }
    for (const look of this.#waiting) look();
  }

  /** Resolves once the clock shows `atMs`, or when `signal` is aborted. */
  async until(atMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      clearTimeout(timer);
      const leftMs = atMs - this.nowMs();
      if (leftMs <= 0) resolve();
      else if (this.#frozenAtMs === null) timer = setTimeout(look, Math.min(leftMs, MAX_TIMER_MS));
    };
    const give = (): void => resolve();
    signal.addEventListener('abort', give, { once: true });
    this.#waiting.add(look);
    look();
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(look);
    signal.removeEventListener('abort', give);
  }

  #run(offsetMs: number): void {
    this.#frozenAtMs = null;
    this.#offsetMs = offsetMs;
  }
}
