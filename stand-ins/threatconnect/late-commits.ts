/**
 * Changes that have their time but are not visible yet, as those of a transaction that is still open. When they
 * become visible, rows with a later stamp may have been read.
 */
export class LateCommits {
  #open: { dueMs: number; commit: () => void }[] = [];
  #errors: string[] = [];

  add(dueMs: number, commit: () => void): void {
    this.#open.push({ dueMs, commit });
  }

  /** Makes visible what is due; in the order in which it is due. */
  settle(nowMs: number): void {
    if (this.#open.length === 0) return;
    const due = this.#open.filter(({ dueMs }) => dueMs <= nowMs);
    this.#open = this.#open.filter(({ dueMs }) => dueMs > nowMs);
    for (const { commit } of due.sort((a, b) => a.dueMs - b.dueMs)) {
      try {
        commit();
      } catch (error) {
        this.#errors.push(error instanceof Error ? error.message : String(error));
      }
    }
  }

  state(): { open: number; errors: readonly string[] } {
    return { open: this.#open.length, errors: this.#errors };
  }
}
