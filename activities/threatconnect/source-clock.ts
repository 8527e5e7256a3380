import { parseHttpDate } from './http-date.ts';

/** A wrong day or time zone is corrected. If the clocks differ by more, nobody knows which one is right. */
const DIFFERENCE_MAX_MS = 48 * 3_600_000;

/**
 * ThreatConnect refuses a request if its signing time differs more than this from ThreatConnect's clock.
 * @see https://docs.threatconnect.com/en/latest/common_errors.html
 */
export const SIGNED_MAX_MS = 300_000;

/** Why an answer did not tell the time. */
export type Doubt = {
  /** What shows it. `clock`: the clocks differ so much that one of them is wrong. */
  sign: 'none' | 'status' | 'Date' | 'Content-Type' | 'cache' | 'clock';
  /** Complete a sentence that begins with "the answer". */
  words: string;
};

/**
 * The source's clock: the worker's clock, corrected by the `Date` headers of the source's answers. A header has whole
 * seconds, so it only limits the difference. The correction moves no further than these limits require and stays zero
 * if the two clocks agree.
 */
export class SourceClock {
  #offsetMs = 0;
  #isSet = false;
  #doubt: Doubt = { sign: 'none', words: 'has not come' };
  readonly #now: () => number;

  /** @param now the worker's clock, epoch milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Epoch milliseconds at the source. */
  nowMs(): number {
    return this.#now() + this.#offsetMs;
  }

  /** The source's clock minus the worker's. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** True if an answer of the source has given its time. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** The reason why the last answer gave no time, if none has so far. */
  get doubt(): Doubt {
    return this.#doubt;
  }

  /** The worker's own clock, for `observe`. */
  workerMs(): number {
    return this.#now();
  }

  /**
   * @param dateHeader value of `Date`; ignored if it is missing, not a date, or two days or more away
   * @param sentMs the worker's clock when the request was sent
   * @param signedMs signing time of the request if the source accepted it, else `null`. The source's clock must be near
   * this time, whatever a proxy writes as `Date`
   */
  observe(dateHeader: string | undefined, sentMs: number, signedMs: number | null = null): void {
    const secondMs = dateHeader === undefined ? null : parseHttpDate(dateHeader);
    if (secondMs === null) {
      const words =
        dateHeader === undefined ? 'has no Date header' : 'has a Date that is not a date';
      this.distrust({ sign: 'Date', words });
      return;
    }
    const nowMs = this.#now();
    const least = secondMs - nowMs;
    const most = secondMs + 999 - sentMs;
    if (least > DIFFERENCE_MAX_MS || most < -DIFFERENCE_MAX_MS) {
      this.distrust({ sign: 'clock', words: 'has a Date that is two days or more away' });
      return;
    }
    const reachMs = SIGNED_MAX_MS + (nowMs - sentMs) + 1_000;
    if (signedMs !== null && Math.abs(secondMs - signedMs) > reachMs) {
      const seconds = Math.round(Math.abs(secondMs - signedMs) / 1_000);
      this.distrust({
        sign: 'Date',
        words: `has a Date that is not believed, as it is ${seconds} s from the time of a request that ThreatConnect accepted`,
      });
      return;
    }
    this.#isSet = true;
    this.#offsetMs = Math.max(least, Math.min(this.#offsetMs, most));
  }

  /** @param doubt the reason why an answer's `Date` is not used */
  distrust(doubt: Doubt): void {
    this.#doubt = doubt;
  }

  /** A sentence if a `Date` is too far from the worker's clock to be believed; else `null`. */
  disagreement(dateHeader: string | undefined): string | null {
    const secondMs = dateHeader === undefined ? null : parseHttpDate(dateHeader);
    if (secondMs === null || Math.abs(secondMs - this.#now()) <= DIFFERENCE_MAX_MS) return null;
    return `its clock says ${iso(secondMs)}, this worker's ${iso(this.#now())}: one of them is wrong`;
  }
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
