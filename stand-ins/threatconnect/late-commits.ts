/**
 * Changes that have a time but are not visible yet, like those of an open transaction. When they become visible, a
 * client may already have read records with a later time.
 */
export class LateCommits {
  #open: { dueMs: number; commit: () => void }[] = [];
  #errors: string[] = [];

  add(dueMs: number, commit: () => void): void {
    this.#open.push({ dueMs, commit });
  }

  /** Makes the changes visible that are due, in the order of their due times. */
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
