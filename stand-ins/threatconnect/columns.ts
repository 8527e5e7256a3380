/** Bits of `Columns.flags`. */
export const ACTIVE = 1;
export const DELETED = 2;
export const ACTIVE_LOCKED = 4;

/**
 * The values that queries need of every record, one typed array for each. The index is the record's slot, which never
 * changes. The arrays are replaced when they grow: do not keep one across an insert.
 */
export class Columns {
  id = new BigUint64Array(0);
  lastModifiedMs = new Float64Array(0);
  dateAddedMs = new Float64Array(0);
  flags = new Uint8Array(0);
  /** Index into the store's owners. */
  owner = new Uint16Array(0);
  /** Index into the store's types. */
  type = new Uint16Array(0);
  /** Case-insensitive hash of the summary. */
  summaryHash = new Uint32Array(0);
  /** NaN if the record has none; the same for the next two. */
  rating = new Float64Array(0);
  confidencePercent = new Float64Array(0);
  threatAssessScore = new Float64Array(0);

  /** Bit n is set if the record has the part with code n. */
  parts = new Uint32Array(0);
  slab = new Uint16Array(0);
  /** Offset of the run table; the text follows it. */
  offset = new Uint32Array(0);
  textBytes = new Uint32Array(0);
  summaryFrom = new Uint32Array(0);
  summaryTo = new Uint32Array(0);

  /** Makes room for at least this number of slots. */
  reserve(slots: number): void {
    if (slots <= this.id.length) return;
    const size = Math.max(1024, Math.ceil(slots * 1.5));
    this.id = grown(this.id, new BigUint64Array(size));
    this.lastModifiedMs = grown(this.lastModifiedMs, new Float64Array(size));
    this.dateAddedMs = grown(this.dateAddedMs, new Float64Array(size));
    this.flags = grown(this.flags, new Uint8Array(size));
    this.owner = grown(this.owner, new Uint16Array(size));
    this.type = grown(this.type, new Uint16Array(size));
    this.summaryHash = grown(this.summaryHash, new Uint32Array(size));
    this.rating = grown(this.rating, new Float64Array(size));
    this.confidencePercent = grown(this.confidencePercent, new Float64Array(size));
    this.threatAssessScore = grown(this.threatAssessScore, new Float64Array(size));
    this.parts = grown(this.parts, new Uint32Array(size));
    this.slab = grown(this.slab, new Uint16Array(size));
    this.offset = grown(this.offset, new Uint32Array(size));
    this.textBytes = grown(this.textBytes, new Uint32Array(size));
    this.summaryFrom = grown(this.summaryFrom, new Uint32Array(size));
    this.summaryTo = grown(this.summaryTo, new Uint32Array(size));
  }
}

/** Copies the old array into the new, larger one. */
export function grown<
  T extends BigUint64Array | Float64Array | Uint8Array | Uint16Array | Uint32Array,
>(from: T, into: T): T {
  if (from instanceof BigUint64Array && into instanceof BigUint64Array) into.set(from);
  else if (!(from instanceof BigUint64Array) && !(into instanceof BigUint64Array)) into.set(from);
  return into;
}

/** FNV-1a over the lower-cased text: the vendor ignores case when it compares summaries. */
export function hashText(text: string): number {
  const lower = text.toLowerCase();
  let hash = 0x811c9dc5;
  for (let at = 0; at < lower.length; at++) {
    hash = Math.imul(hash ^ lower.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
