import { DEFAULT_PART, genericKeyOf, type Selection } from './fields.ts';
import type { RecordStore } from './record-store.ts';
import { runTableBytes } from './record.ts';

/** The requested parts of a record. */
type Parts = Pick<Selection, 'mask' | 'generic'>;

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** `"valueN"` may be longer than the key it replaces. */
const GENERIC_SLACK_BYTES = 64;

/**
 * The records' texts, joined by commas, between a head and a tail: one buffer for the whole answer, made only by
 * copying bytes.
 */
export function joinRecords(
  store: RecordStore,
  slots: readonly number[],
  selection: Parts,
  head: string,
  tail: string,
): Buffer {
  const slack = selection.generic ? GENERIC_SLACK_BYTES : 1;
  let bytes = Buffer.byteLength(head) + Buffer.byteLength(tail);
  for (const slot of slots) bytes += (store.columns.textBytes[slot] ?? 0) + slack;
  const out = Buffer.allocUnsafe(bytes);
  let at = out.write(head);
  for (const [index, slot] of slots.entries()) {
    if (index > 0) out[at++] = COMMA;
    at = copyRecord(store, slot, selection, out, at);
  }
  at += out.write(tail, at);
  return out.subarray(0, at);
}

/** The members of one part as the text of an object; `{}` if the record has none. */
export function partText(store: RecordStore, slot: number, part: number): string {
  const bits = store.columns.parts[slot] ?? 0;
  if ((bits & (1 << part)) === 0) return '{}';
  const out = Buffer.allocUnsafe((store.columns.textBytes[slot] ?? 0) + 1);
  const end = copyRecord(store, slot, { mask: 1 << part, generic: false }, out, 0);
  return out.toString('utf8', 0, end);
}

function copyRecord(
  store: RecordStore,
  slot: number,
  selection: Parts,
  out: Buffer,
  outAt: number,
): number {
  const { slab, tableAt, from } = store.place(slot);
  const bytes = store.columns.textBytes[slot] ?? 0;
  const parts = store.columns.parts[slot] ?? 0;
  if ((parts & ~selection.mask) === 0 && !selection.generic) {
    return outAt + slab.copy(out, outAt, from, from + bytes);
  }

  let at = outAt;
  out[at++] = OPEN_BRACE;
  const runs = slab[tableAt] ?? 0;
  let runFrom = 0;
  for (let run = 0; run < runs; run++) {
    const entryAt = tableAt + runTableBytes(run);
    const part = slab[entryAt] ?? DEFAULT_PART;
    const runTo = slab.readUInt32LE(entryAt + 1);
    if ((selection.mask & (1 << part)) !== 0) {
      if (at > outAt + 1) out[at++] = COMMA;
      const start = from + runFrom + 1; // after the separator
      const generic = selection.generic ? genericKeyOf(part) : null;
      if (generic === null) {
        at += slab.copy(out, at, start, from + runTo);
      } else {
        at += out.write(`"${generic}"`, at);
        at += slab.copy(out, at, colonAfterKey(slab, start), from + runTo);
      }
    }
    runFrom = separatorAfter(slab, from + runTo) - from;
  }
  out[at++] = CLOSE_BRACE;
  return at;
}

/** Position of the `,` or `}` after a value; only blanks may come before it. */
function separatorAfter(slab: Buffer, at: number): number {
  let next = at;
  while (slab[next] !== COMMA && slab[next] !== CLOSE_BRACE) next++;
  return next;
}

function colonAfterKey(slab: Buffer, keyFrom: number): number {
  let at = keyFrom;
  while (slab[at] !== QUOTE) at++;
  for (at++; slab[at] !== QUOTE; at++) if (slab[at] === BACKSLASH) at++;
  while (slab[at] !== COLON) at++;
  return at;
}
