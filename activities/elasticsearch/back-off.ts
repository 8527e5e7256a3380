import type { Waiting } from '../attempt/waiting.ts';

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
const LEAST_MS = 100;

/**
 * Total time that one request may wait within its attempt. A page keeps a connection to the source open meanwhile, and
 * proxies close it after about a minute. Temporal does the longer waits.
 */
const BUDGET_MS = 60_000;

/** The waits before one request is sent again, each about twice as long as the one before, with full jitter. */
export class BackOff {
  readonly #waiting: Waiting;
  readonly #signal: AbortSignal;
  #nextMs = FIRST_MS;
  #leftMs: number;

  /** @param budgetMs total time that may be waited */
  constructor(waiting: Waiting, signal: AbortSignal, budgetMs = BUDGET_MS) {
    this.#waiting = waiting;
    this.#signal = signal;
    this.#leftMs = budgetMs;
  }

  /**
   * Waits before the next attempt at the request.
   * @param error the reason; if it has `retryAfterMs`, that is the time to wait
   * @throws the error, if the budget is spent
   */
  async wait(error: Error): Promise<void> {
    const asked = (error as { retryAfterMs?: number | null }).retryAfterMs ?? null;
    if (!(await this.mayWait(asked))) throw error;
  }

  /**
   * Waits before the next attempt at the request, for `askedMs` if given.
   * @returns false, without a wait, if the budget is spent
   */
  async mayWait(askedMs: number | null = null): Promise<boolean> {
    const ms = Math.max(LEAST_MS, askedMs ?? Math.round(this.#waiting.random() * this.#nextMs));
    if (ms > this.#leftMs) return false;
    this.#leftMs -= ms;
    this.#nextMs = Math.min(this.#nextMs * 2, LONGEST_MS);
    await this.#waiting.sleep(ms, this.#signal);
    return true;
  }
}
