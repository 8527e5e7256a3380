import { applyChanges, type Change, type Changed } from './changes.ts';
import { drawChanges, type RandomSpec } from './generate/random-changes.ts';
import { printInstant } from './record.ts';
import type { RecordStore } from './record-store.ts';
import type { Simulator } from './simulator.ts';

/** Changes that are made together. Random ones are drawn when they are made. */
export type Batch = {
  /** Time of the changes; `null`: the time of the clock. */
  atMs: number | null;
  /** Delay after that time until they become visible; `null`: the switch `commitDelayMs`. */
  commitAfterMs: number | null;
} & (
  | { kind: 'given'; changes: readonly Change[] }
  | { kind: 'random'; spec: RandomSpec }
  /** Gives this number of records the same second, as a bulk import does. */
  | { kind: 'oneSecond'; count: number }
);

/**
 * Makes the changes, or keeps them until they become visible.
 *
 * @param round shifts the seed, so that a repeated script does not draw the same records again
 * @returns the changed records; empty if the changes become visible later
 */
export function commitBatch(simulator: Simulator, batch: Batch, round = 0): Changed[] {
  const { store, switches, clock, late } = simulator;
  const nowMs = clock.nowMs();
  const atMs = batch.atMs ?? nowMs;
  const commit = (): Changed[] => {
    const changed = applyChanges(simulator, changesOf(store, batch, atMs, round), atMs);
    simulator.counters.changed(changed.length);
    return changed;
  };
  const delayMs = batch.commitAfterMs ?? switches.commitDelayMs;
  if (delayMs === 0) return commit();
  late.add(nowMs + delayMs, commit);
  return [];
}

function changesOf(
  store: RecordStore,
  batch: Batch,
  atMs: number,
  round: number,
): readonly Change[] {
  if (batch.kind === 'given') return batch.changes;
  if (batch.kind === 'oneSecond') return intoOneSecond(store, batch.count, atMs);
  return drawChanges(store, { ...batch.spec, seed: batch.spec.seed + round }, atMs);
}

/** Changes the first records, in order of id, that are live, active and visible. */
function intoOneSecond(store: RecordStore, count: number, atMs: number): Change[] {
  const lastModified = JSON.stringify(printInstant(atMs));
  const changes: Change[] = [];
  for (let at = 0; at < store.size && changes.length < count; at++) {
    const slot = store.byId[at] ?? 0;
    if (store.isDeleted(slot) || !store.isActive(slot) || !store.isVisible(slot)) continue;
    const id = store.columns.id[slot] ?? 0n;
    const set = new Map([['lastModified', lastModified]]);
    changes.push({ op: 'update', silent: false, id, set });
  }
  return changes;
}
