import type { Wait } from './waiting-for.ts';

/** A wait that lasts this long is reported. */
const SAY_AFTER_MS = 1_000;
/** The same for a run that has already read pages: a page may take seconds. */
const QUIET_MS = 10_000;

/** Decides when a command that follows a run says what it waits for (once), and that the run continues. */
export class Silence {
  #waited: { wait: Wait; sinceMs: number } | null = null;
  #said: Wait | null = null;
  #moved: { pages: number; atMs: number } | null = null;

  /**
   * @param wait what the run waits for now
   * @param pages number of pages that it has read; `null`: not known
   * @param askedMs time at which the command asked for `wait`
   * @returns what to say now; `null`: nothing
   */
  broken(wait: Wait | null, pages: number | null, askedMs: number, nowMs: number): string | null {
    if (pages !== null && pages !== this.#moved?.pages) this.#moved = { pages, atMs: nowMs };
    if (wait === null) this.#waited = null;
    else if (wait.key !== this.#waited?.wait.key) this.#waited = { wait, sinceMs: askedMs };
    if (this.#said?.isTrouble && wait?.isTrouble !== true) {
      this.#said = null;
      return 'continuing';
    }
    if (wait === null || wait.sentence === this.#said?.sentence || !this.#isDue(wait, nowMs)) {
      return null;
    }
    this.#said = wait;
    return `waiting: ${wait.sentence}`;
  }

  #isDue({ isTrouble }: Wait, nowMs: number): boolean {
    const sinceMs = this.#waited?.sinceMs ?? nowMs;
    return isTrouble || this.#moved === null || this.#moved.pages === 0
      ? nowMs - sinceMs >= SAY_AFTER_MS
      : nowMs - Math.max(sinceMs, this.#moved.atMs) >= QUIET_MS;
  }
}
