// The wait after a failure doubles from 5 s to an hour.
const MIN_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 3_600_000;

/** Failures of a transform's runs, one after the other, since the last run that came to its end. */
export class Failures {
  readonly firstMs: number;
  count = 0;
  /** Of the last one. */
  message = '';

  constructor(firstMs: number) {
    this.firstMs = firstMs;
  }

  note(message: string): void {
    this.count += 1;
    this.message = message;
  }

  /** How long after the beginning of a run that failed the next one begins. */
  get pauseMs(): number {
    return Math.min(Math.max(1_000 * 2 ** this.count, MIN_PAUSE_MS), MAX_PAUSE_MS);
  }
}
