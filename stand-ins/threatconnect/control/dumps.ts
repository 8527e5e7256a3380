import { idOf } from '../changes.ts';
import { selectFields, type Selection } from '../fields.ts';
import { joinRecords } from '../page-bytes.ts';
import { valueOf, valuesOf, type Pairs } from '../parameters.ts';
import type { RecordStore } from '../record-store.ts';
import { printInstant } from '../record.ts';
import { ControlError } from './input.ts';

const CHUNK_BYTES = 1 << 20;
const LINE_FEED = Buffer.from('\n');

/** Every indicator that was ever visible, one line each, in ascending order of id. */
export function* dumpTruth(store: RecordStore): Generator<Buffer> {
  for (let at = 0; at < store.size; at++) {
    const slot = store.byId[at] ?? 0;
    yield Buffer.from(
      JSON.stringify({
        id: String(store.columns.id[slot] ?? 0n),
        type: store.typeName(slot),
        summary: store.summary(slot),
        ownerName: store.ownerName(slot),
        lastModified: printInstant(store.columns.lastModifiedMs[slot] ?? 0),
        active: store.isActive(slot),
        deleted: store.isDeleted(slot),
        versions: store.versions(slot).map(printInstant),
      }),
    );
  }
}

/**
 * Texts of the records as they are stored. By default those that the API user sees in a list: live, active, of a
 * visible owner; `all=true`: all that are not deleted; `id=`: one record. With `fields=`, which may be repeated: only the parts
 * that the API would return for these fields.
 */
export function dumpRecords(store: RecordStore, pairs: Pairs): Iterable<Buffer> {
  const id = valueOf(pairs, 'id');
  const fields = valuesOf(pairs, 'fields');
  const selection = fields.length === 0 ? null : selectFields(fields);
  if (id === null) return dumpAll(store, valueOf(pairs, 'all') === 'true', selection);
  const exact = idOf(id);
  const slot = exact === null ? undefined : store.find(exact);
  if (slot === undefined || store.isDeleted(slot)) {
    throw new ControlError(`no live record ${JSON.stringify(id)}`, 404);
  }
  return [textOf(store, slot, selection)];
}

/** Joins lines into chunks of about 1 MiB. */
export function* toLines(lines: Iterable<Buffer>): Generator<Buffer> {
  let chunk: Buffer[] = [];
  let bytes = 0;
  for (const line of lines) {
    chunk.push(line, LINE_FEED);
    bytes += line.length + 1;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(chunk);
    chunk = [];
    bytes = 0;
  }
  yield Buffer.concat(chunk);
}

function textOf(store: RecordStore, slot: number, selection: Selection | null): Buffer {
  return selection === null ? store.text(slot) : joinRecords(store, [slot], selection, '', '');
}

function* dumpAll(
  store: RecordStore,
  all: boolean,
  selection: Selection | null,
): Generator<Buffer> {
  for (let at = 0; at < store.size; at++) {
    const slot = store.byId[at] ?? 0;
    if (store.isDeleted(slot)) continue;
    if (all || (store.isActive(slot) && store.isVisible(slot)))
      yield textOf(store, slot, selection);
  }
}
