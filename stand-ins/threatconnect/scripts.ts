export interface Script {
  /** Runs after the k-th page from now on. */
  afterPage: number;
  /** Whether it runs again after every k-th page. */
  every: boolean;
  /** @param round counts from 0 */
  run: (round: number) => void;
}

/** Actions that run after a page is answered, so that a test can change the source while it is read. */
export class Scripts {
  #queue: { script: Script; pagesLeft: number; round: number }[] = [];
  #applied = 0;
  #errors: string[] = [];

  add(script: Script): void {
    this.#queue.push({ script, pagesLeft: script.afterPage, round: 0 });
  }

  /** Call this after the bytes of a page are fixed, and before another request is evaluated. */
  pageAnswered(): void {
    for (const entry of this.#queue) {
      entry.pagesLeft--;
      if (entry.pagesLeft > 0) continue;
      try {
        entry.script.run(entry.round);
      } catch (error) {
        this.#errors.push(error instanceof Error ? error.message : String(error));
      }
      this.#applied++;
      entry.round++;
      if (entry.script.every) entry.pagesLeft = entry.script.afterPage;
    }
    this.#queue = this.#queue.filter(({ pagesLeft }) => pagesLeft > 0);
  }

  state(): { queued: number; applied: number; errors: readonly string[] } {
    return { queued: this.#queue.length, applied: this.#applied, errors: this.#errors };
  }

  clear(): void {
    this.#queue = [];
    this.#applied = 0;
    this.#errors = [];
  }
}
