/** What `/_sim/clock` shows. */
export interface ClockState {
  readonly nowMs: number;
  /** Milliseconds ahead of the machine's clock. */
  readonly offsetMs: number;
  /** True where the time stands still until it is moved. */
  readonly frozen: boolean;
}

/** What `POST /_sim/clock` takes; the fields are applied in this order. */
export interface ClockChange {
  /** Back to the machine's clock. */
  readonly real?: true;
  /** Runs, so many milliseconds ahead of the machine's clock. */
  readonly offsetMs?: number;
  /** Stands still at this time. */
  readonly nowMs?: number;
  /** Moves on by so many milliseconds, standing or running. */
  readonly advanceMs?: number;
}

// setTimeout takes 2^31 - 1 ms at most and fires at once above that.
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

  /** Does something as of an earlier time. */
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
