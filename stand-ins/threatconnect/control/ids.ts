import { idOf } from '../changes.ts';
import type { RecordStore } from '../record-store.ts';
import { ControlError } from './input.ts';

/** An id, preferably a string: a number may have lost its last digits on the way. */
export function toId(value: unknown, what: string): bigint {
  const id = idOf(value);
  if (id === null) throw new ControlError(`${what} must be an id, preferably a string`);
  return id;
}

/** The id of a record that exists; `"first"` is the lowest id, `"last"` the highest. */
export function toKnownId(value: unknown, what: string, store: RecordStore): bigint {
  const at = value === 'first' ? 0 : value === 'last' ? store.size - 1 : -1;
  const end = at < 0 ? undefined : store.byId[at];
  if (end !== undefined && store.size > 0) return store.columns.id[end] ?? 0n;
  const id = toId(value, what);
  if (store.find(id) === undefined) throw new ControlError(`id ${id} does not exist`);
  return id;
}
