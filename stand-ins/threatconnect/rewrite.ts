import type { NewValues } from './changes.ts';
import { withMembers } from './raw-json.ts';
import type { RecordStore } from './record-store.ts';
import { printInstant, readRecord } from './record.ts';

/**
 * Replaces values of a record.
 *
 * @param lastModifiedMs `null`: it stays the same, and there is no new version
 */
export function rewrite(
  store: RecordStore,
  slot: number,
  set: NewValues,
  lastModifiedMs: number | null,
): void {
  const values = new Map(set);
  if (lastModifiedMs !== null) {
    values.set('lastModified', JSON.stringify(printInstant(lastModifiedMs)));
  }
  const text = withMembers(store.text(slot), values);
  const atMs = lastModifiedMs ?? store.columns.lastModifiedMs[slot] ?? 0;
  store.replace(slot, readRecord(text, atMs));
}
