import { setImmediate as nextRound } from 'node:timers/promises';

/**
 * Pages of one process whose records are being worked on, the earliest first. One process works on one record
 * at a time: where pages that arrive together took equal shares, they would also end together, and ask for
 * their next ones together, so that the source waits while they are worked on and they while it answers.
 * Therefore the earliest goes first for as long as its records come; waiting and work then alternate.
 */
export class PagePriority {
  readonly #pages: Turn[] = [];

  /** Joins the pages, as the last one. Call its `end` when it has ended. */
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
  /** Batches of records that were begun. */
  #begun = 0;

  constructor(pages: readonly Turn[], end: () => void) {
    this.#pages = pages;
    this.end = end;
  }

  /** Resolves when no earlier page has gone on in a round of the event loop: it waits for the source or the sink. */
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
