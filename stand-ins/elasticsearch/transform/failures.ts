// The wait after a failure doubles from 5 s to an hour.
const MIN_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 3_600_000;

/** Consecutive failed runs of a transform. */
export class Failures {
  readonly firstMs: number;
  count = 0;
  /** Of the last failure. */
  message = '';

  constructor(firstMs: number) {
    this.firstMs = firstMs;
  }

  note(message: string): void {
    this.count += 1;
    this.message = message;
  }

  /** Time from the beginning of a failed run to the beginning of the next one. */
  get pauseMs(): number {
    return Math.min(Math.max(1_000 * 2 ** this.count, MIN_PAUSE_MS), MAX_PAUSE_MS);
  }
}
