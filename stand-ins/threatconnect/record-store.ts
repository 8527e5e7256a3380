import { ACTIVE, ACTIVE_LOCKED, Columns, DELETED, grown, hashText } from './columns.ts';
import { Owners } from './owners.ts';
import { RecordError, runTableBytes, type IndicatorRecord } from './record.ts';
import { Slabs } from './slabs.ts';

/** A row of `/v3/indicators/deleted`, with data that the list does not show. */
export interface Deletion {
  slot: number;
  deletedAtMs: number;
  /** False: the list never shows the deletion. */
  listed: boolean;
}

/**
 * All indicators, live, inactive and deleted, as bytes and columns.
 *
 *   id ──► byId (slots in ascending order of id) ──► slot ──► columns[slot] ──► slab, offset
 *
 * A record costs its text, about 60 bytes of run table and 95 bytes of columns.
 */
export class RecordStore {
  readonly columns = new Columns();
  readonly owners: Owners;
  /** Type names; `columns.type` holds the index. */
  readonly types: string[] = [];
  readonly deletions: Deletion[] = [];
  /** Slots whose text was replaced, in the order of the changes; a slot may occur several times. */
  readonly replaced: number[] = [];
  /** Time of the last change of a record's scores, by slot; missing if they never changed. */
  readonly scoredAtMs = new Map<number, number>();
  /** Number of records that were ever added, which is the next slot. */
  size = 0;
  /** Grows with every change, so that derived data can be recognised as outdated. */
  revision = 0;

  readonly #slabs = new Slabs();
  readonly #versions = new Map<number, number[]>();
  #byId = new Uint32Array(0);

  constructor(owners = new Owners()) {
    this.owners = owners;
  }

  /** Slots in ascending order of id; only the first `size` entries count. */
  get byId(): Uint32Array {
    return this.#byId;
  }

  /** @throws {RecordError} if the id exists */
  add(record: IndicatorRecord): number {
    const at = this.firstAtOrAbove(record.id);
    if (this.#idAt(at) === record.id) throw new RecordError(`id ${record.id} exists`);
    const slot = this.size;
    this.columns.reserve(slot + 1);
    if (slot + 1 > this.#byId.length) {
      this.#byId = grown(this.#byId, new Uint32Array(this.columns.id.length));
    }
    this.#byId.copyWithin(at + 1, at, this.size);
    this.#byId[at] = slot;
    this.size++;
    this.columns.id[slot] = record.id;
    this.columns.owner[slot] = this.owners.indexOf(record.ownerId, record.ownerName);
    this.columns.type[slot] = this.#typeIndex(record.type);
    this.#write(slot, record);
    return slot;
  }

  /** Replaces a record's text, and stores a new version if `lastModified` moved. */
  replace(slot: number, record: IndicatorRecord): void {
    const before = this.columns.lastModifiedMs[slot] ?? 0;
    if (record.lastModifiedMs !== before) {
      this.#versions.set(slot, [...this.versions(slot), record.lastModifiedMs]);
    }
    this.replaced.push(slot);
    this.#write(slot, record);
  }

  delete(slot: number, deletedAtMs: number, listed: boolean): void {
    this.columns.flags[slot] = (this.columns.flags[slot] ?? 0) | DELETED;
    this.deletions.push({ slot, deletedAtMs, listed });
    this.revision++;
  }

  /** The slot of an id, also if the record is deleted; `undefined` if it never existed. */
  find(id: bigint): number | undefined {
    const at = this.firstAtOrAbove(id);
    return this.#idAt(at) === id ? this.#byId[at] : undefined;
  }

  /** The live indicator of this owner, type and summary; there is never more than one. */
  findNamed(ownerName: string, type: string, summary: string): number | undefined {
    return this.withSummary(summary).find(
      (slot) => this.ownerName(slot) === ownerName && this.typeName(slot) === type,
    );
  }

  /** Live records with this summary; ignores case. */
  withSummary(summary: string): number[] {
    const hash = hashText(summary);
    const slots: number[] = [];
    for (let slot = 0; slot < this.size; slot++) {
      if (this.columns.summaryHash[slot] !== hash || this.isDeleted(slot)) continue;
      if (this.summary(slot).toLowerCase() === summary.toLowerCase()) slots.push(slot);
    }
    return slots;
  }

  /** Position in `byId` of the first record whose id is not below this one. */
  firstAtOrAbove(id: bigint): number {
    let low = 0;
    let high = this.size;
    // most records arrive in order of id
    const last = this.#idAt(high - 1);
    if (last !== undefined && last < id) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#idAt(middle) ?? 0n) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  isDeleted(slot: number): boolean {
    return ((this.columns.flags[slot] ?? 0) & DELETED) !== 0;
  }

  isActive(slot: number): boolean {
    return ((this.columns.flags[slot] ?? 0) & ACTIVE) !== 0;
  }

  isVisible(slot: number): boolean {
    return this.owners.list[this.columns.owner[slot] ?? 0]?.visible === true;
  }

  ownerName(slot: number): string {
    return this.owners.list[this.columns.owner[slot] ?? 0]?.name ?? '';
  }

  typeName(slot: number): string {
    return this.types[this.columns.type[slot] ?? 0] ?? '';
  }

  summary(slot: number): string {
    const { from, slab } = this.place(slot);
    const start = from + (this.columns.summaryFrom[slot] ?? 0);
    const end = from + (this.columns.summaryTo[slot] ?? 0);
    const literal = slab.toString('utf8', start, end);
    if (!literal.includes('\\')) return literal.slice(1, -1);
    const text: unknown = JSON.parse(literal);
    return String(text);
  }

  /** The record's stored text, a view of the store's memory. */
  text(slot: number): Buffer {
    const { from, slab } = this.place(slot);
    return slab.subarray(from, from + (this.columns.textBytes[slot] ?? 0));
  }

  /** Place of a record: its run table begins at `tableAt`, its text at `from`. */
  place(slot: number): { slab: Buffer; tableAt: number; from: number } {
    const slab = this.#slabs.slab(this.columns.slab[slot] ?? 0);
    const tableAt = this.columns.offset[slot] ?? 0;
    return { slab, tableAt, from: tableAt + runTableBytes(slab[tableAt] ?? 0) };
  }

  /** Every `lastModified` that the record has had, the oldest first. */
  versions(slot: number): readonly number[] {
    return this.#versions.get(slot) ?? [this.columns.lastModifiedMs[slot] ?? 0];
  }

  #write(slot: number, record: IndicatorRecord): void {
    const { columns } = this;
    const { slab, offset } = this.#slabs.put([record.runTable, record.text]);
    columns.slab[slot] = slab;
    columns.offset[slot] = offset;
    columns.textBytes[slot] = record.text.length;
    columns.parts[slot] = record.parts;
    columns.summaryFrom[slot] = record.summaryFrom;
    columns.summaryTo[slot] = record.summaryTo;
    columns.summaryHash[slot] = hashText(record.summary);
    columns.lastModifiedMs[slot] = record.lastModifiedMs;
    columns.dateAddedMs[slot] = record.dateAddedMs;
    columns.flags[slot] = (record.active ? ACTIVE : 0) | (record.activeLocked ? ACTIVE_LOCKED : 0);
    columns.rating[slot] = record.rating;
    columns.confidencePercent[slot] = record.confidencePercent;
    columns.threatAssessScore[slot] = record.threatAssessScore;
    this.revision++;
  }

  #idAt(position: number): bigint | undefined {
    if (position < 0 || position >= this.size) return undefined;
    return this.columns.id[this.#byId[position] ?? 0];
  }

  #typeIndex(type: string): number {
    const known = this.types.indexOf(type);
    return known < 0 ? this.types.push(type) - 1 : known;
  }
}
