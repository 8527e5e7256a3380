import type { Waiting } from '../attempt/waiting.ts';

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
const LEAST_MS = 100;

/**
 * What one request may wait in all within its attempt. A page holds the source's connection meanwhile, which
 * proxies cut after a minute or so; what lasts longer is Temporal's to wait for.
 */
const BUDGET_MS = 60_000;

/** The waits of one request that is sent again, each about twice as long, with full jitter. */
export class BackOff {
  readonly #waiting: Waiting;
  readonly #signal: AbortSignal;
  #nextMs = FIRST_MS;
  #leftMs: number;

  /** @param budgetMs what may be waited in all */
  constructor(waiting: Waiting, signal: AbortSignal, budgetMs = BUDGET_MS) {
    this.#waiting = waiting;
    this.#signal = signal;
    this.#leftMs = budgetMs;
  }

  /**
   * Waits before the next try.
   * @param error why it is needed; its `retryAfterMs`, where the server gave one, is what is waited
   * @throws the error, where the budget is spent
   */
  async wait(error: Error): Promise<void> {
    const asked = (error as { retryAfterMs?: number | null }).retryAfterMs ?? null;
    if (!(await this.mayWait(asked))) throw error;
  }

  /**
   * Waits before the next try, as long as was `asked` for.
   * @returns false, without a wait, where the budget is spent
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
