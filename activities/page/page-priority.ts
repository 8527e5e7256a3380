import { setImmediate as nextRound } from 'node:timers/promises';

/**
 * The pages of one process whose records are being processed, the earliest first. A process works on one record at a
 * time. If pages that arrive together took equal shares, they would end together and request their next pages together:
 * the source would wait while they are processed, and they would wait while it answers. Therefore the earliest page
 * goes first as long as its records come, and waiting and work alternate.
 */
export class PagePriority {
  readonly #pages: Turn[] = [];

  /** Adds a page as the last one. Call `end` of the turn when the page has ended. */
  join(): Turn {
    const turn = new Turn(this.#pages, () => {
      const at = this.#pages.indexOf(turn);
      if (at !== -1) this.#pages.splice(at, 1);
    });
    this.#pages.push(turn);
    return turn;
  }
}

export class Turn {
  readonly #pages: readonly Turn[];
  readonly end: () => void;
  /** Number of batches of records that were begun. */
  #begun = 0;

  constructor(pages: readonly Turn[], end: () => void) {
    this.#pages = pages;
    this.end = end;
  }

  /**
   * Resolves when no earlier page began a batch within a round of the event loop: it waits for the source or the sink.
   */
  async next(): Promise<void> {
    let seen = -1;
    for (let begun = this.#begunEarlier(); begun !== seen; begun = this.#begunEarlier()) {
      seen = begun;
      if (this.#pages[0] !== this) await nextRound();
    }
    this.#begun += 1;
  }

  #begunEarlier(): number {
    let begun = 0;
    for (const page of this.#pages) {
      if (page === this) break;
      begun += page.#begun;
    }
    return begun;
  }
}
