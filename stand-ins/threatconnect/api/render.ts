import type { Selection } from '../fields.ts';
import { joinRecords } from '../page-bytes.ts';
import type { RecordStore } from '../record-store.ts';
import { needsShaping, shaped } from '../related/nested-records.ts';
import { worldOf } from '../related/world.ts';
import type { Simulator } from '../simulator.ts';

/** The bytes of an answer with these records. Copies the stored bytes, unless the request or a switch changes them. */
export function render(
  simulator: Simulator,
  store: RecordStore,
  slots: readonly number[],
  selection: Selection,
  envelope: { head: string; tail: string },
): Buffer {
  const { damages } = simulator;
  const { head, tail } = envelope;
  const world = worldOf(simulator);
  const shape = needsShaping(world, selection);
  const isDamaged = slots.some((slot) => damages.has(store.columns.id[slot] ?? -1n));
  if (!shape && !isDamaged) return joinRecords(store, slots, selection, head, tail);
  const parts = slots.flatMap((slot, index) => {
    const text = shape
      ? shaped(world, store, slot, selection)
      : joinRecords(store, [slot], selection, '', '');
    const shown = damages.apply(store.columns.id[slot] ?? -1n, text);
    return index > 0 ? [Buffer.from(','), ...shown] : shown;
  });
  return Buffer.concat([Buffer.from(head), ...parts, Buffer.from(tail)]);
}
