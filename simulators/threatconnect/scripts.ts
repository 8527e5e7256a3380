import { applyChanges, type Change, type Changed } from './changes.ts';
import { drawChanges, type RandomSpec } from './generate/random-changes.ts';
import type { RecordStore } from './record-store.ts';

/** Changes that are made together: given ones, or drawn at the moment at which they are made. */
export type Batch =
  | { kind: 'given'; changes: readonly Change[]; atMs: number | null }
  | { kind: 'random'; spec: RandomSpec; atMs: number | null };

export interface Script {
  /** Made behind the k-th page from now on. */
  afterPage: number;
  /** Again behind every k-th page. */
  every: boolean;
  batch: Batch;
}

/** @param round shifts the seed, so that a repeated script does not draw the same records again */
export function applyBatch(store: RecordStore, batch: Batch, nowMs: number, round = 0): Changed[] {
  const atMs = batch.atMs ?? nowMs;
  const changes =
    batch.kind === 'given'
      ? batch.changes
      : drawChanges(store, { ...batch.spec, seed: batch.spec.seed + round }, atMs);
  return applyChanges(store, changes, atMs);
}

/** Changes that wait for pages to be answered; so a test changes the source in the midst of a read. */
export class Scripts {
  #queue: { script: Script; pagesLeft: number; round: number }[] = [];
  #applied = 0;
  #errors: string[] = [];

  add(script: Script): void {
    this.#queue.push({ script, pagesLeft: script.afterPage, round: 0 });
  }

  /** To be called when a page's bytes are fixed and before another request is evaluated. */
  pageAnswered(store: RecordStore, nowMs: number): void {
    for (const entry of this.#queue) {
      entry.pagesLeft--;
      if (entry.pagesLeft > 0) continue;
      try {
        applyBatch(store, entry.script.batch, nowMs, entry.round);
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
