import { parseHttpDate } from './http-date.ts';

/** A wrong day or time zone is corrected; where the clocks are further apart, who knows which one is right? */
const DIFFERENCE_MAX_MS = 48 * 3_600_000;

/**
 * The source's clock: the worker's, corrected by what the `Date` headers of its answers say. A header has
 * whole seconds, so it only bounds the difference; the correction moves no further than the bounds demand
 * and stays zero where the two clocks agree.
 */
export class SourceClock {
  #offsetMs = 0;
  #isSet = false;
  #doubt = 'has not come';
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

  /** Whether the source has told its time yet. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** Why the last answer did not tell the time, where none has yet: goes on after "the answer". */
  get doubt(): string {
    return this.#doubt;
  }

  /** The worker's own clock, for `observe`. */
  workerMs(): number {
    return this.#now();
  }

  /**
   * @param dateHeader value of `Date`; ignored where it is missing, no date, or two days or more away
   * @param sentMs the worker's clock when the request was sent
   */
  observe(dateHeader: string | undefined, sentMs: number): void {
    const secondMs = dateHeader === undefined ? null : parseHttpDate(dateHeader);
    if (secondMs === null) {
      this.distrust(dateHeader === undefined ? 'has no Date header' : 'has a Date that is no date');
      return;
    }
    const least = secondMs - this.#now();
    const most = secondMs + 999 - sentMs;
    if (least > DIFFERENCE_MAX_MS || most < -DIFFERENCE_MAX_MS) {
      this.distrust('has a Date that is two days or more away');
      return;
    }
    this.#isSet = true;
    this.#offsetMs = Math.max(least, Math.min(this.#offsetMs, most));
  }

  /** @param doubt why an answer's `Date` is not looked at */
  distrust(doubt: string): void {
    this.#doubt = doubt;
  }

  /** Says so where a `Date` is too far from the worker's clock to be believed. */
  disagreement(dateHeader: string | undefined): string | null {
    const secondMs = dateHeader === undefined ? null : parseHttpDate(dateHeader);
    if (secondMs === null || Math.abs(secondMs - this.#now()) <= DIFFERENCE_MAX_MS) return null;
    return `its clock says ${iso(secondMs)}, this worker's ${iso(this.#now())}: one of them is wrong`;
  }
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
