import { type Slice, SourceSlabs, toBytes } from './source-slabs.ts';

/** One version of a document. */
export interface StoredDocument {
  readonly id: string;
  readonly seqNo: number;
  readonly version: number;
  /** Sequence number of the operation that replaced or deleted it; infinite for the newest version. */
  endSeqNo: number;
  source: Slice;
  /** Fields whose values are not indexed, as `_ignored` shows them. */
  readonly ignored: readonly string[];
}

const MIN_DEAD_TO_COMPACT = 10_000;

/**
 * The documents of one index, in the order of their sequence numbers. Searches see the state of the last refresh:
 * documents that began before `searchableSeqNo` and had not ended by then.
 */
export class Documents {
  /** Versions by sequence number, also dead ones until the next compaction. */
  log: StoredDocument[] = [];
  nextSeqNo = 0;
  searchableSeqNo = 0;
  /** Counts compactions. Positions in `log` are valid within one of them. */
  generation = 0;
  /** Open views that need the dead versions. While there are any, nothing is compacted. */
  pins = 0;
  /** Bytes of the sources of live documents. */
  liveBytes = 0;
  readonly #live = new Map<string, StoredDocument>();
  /** Versions that have ended since the last refresh, and that searches still see. */
  readonly #lingering = new Map<string, StoredDocument>();
  #slabs = new SourceSlabs();
  #dead = 0;

  get liveCount(): number {
    return this.#live.size;
  }

  get(id: string): StoredDocument | null {
    return this.#live.get(id) ?? null;
  }

  /** @param bytes the source; they are copied */
  put(
    id: string,
    version: number,
    bytes: Uint8Array,
    ignored: readonly string[] = [],
  ): StoredDocument {
    const seqNo = this.nextSeqNo;
    const source = this.#slabs.add(bytes);
    const document = { id, seqNo, version, endSeqNo: Infinity, source, ignored };
    this.#end(id);
    this.nextSeqNo += 1;
    this.#live.set(id, document);
    this.liveBytes += bytes.length;
    this.log.push(document);
    return document;
  }

  /** @returns the sequence number of the deletion; also the deletion of a missing document has one */
  remove(id: string): number {
    const seqNo = this.nextSeqNo;
    this.#end(id);
    this.nextSeqNo += 1;
    this.#live.delete(id);
    return seqNo;
  }

  refresh(): void {
    this.searchableSeqNo = this.nextSeqNo;
    this.#lingering.clear();
    if (this.pins > 0) return;
    if (this.#dead > MIN_DEAD_TO_COMPACT && this.#dead > this.#live.size) this.#compact();
  }

  /** @param at `searchableSeqNo` of an earlier refresh; `null`: of the latest */
  isSearchable({ seqNo, endSeqNo }: StoredDocument, at: number | null = null): boolean {
    const searchable = at ?? this.searchableSeqNo;
    return seqNo < searchable && endSeqNo >= searchable;
  }

  /** The version of an id that searches see. */
  searchable(id: string): StoredDocument | null {
    const lingering = this.#lingering.get(id);
    if (lingering !== undefined) return lingering;
    const document = this.#live.get(id);
    return document !== undefined && document.seqNo < this.searchableSeqNo ? document : null;
  }

  #end(id: string): void {
    const document = this.#live.get(id);
    if (document === undefined) return;
    if (document.seqNo < this.searchableSeqNo) this.#lingering.set(id, document);
    document.endSeqNo = this.nextSeqNo;
    this.liveBytes -= document.source.to - document.source.from;
    this.#dead += 1;
  }

  /** Drops the dead versions. The sources move, so that the garbage collector can take their slabs. */
  #compact(): void {
    this.log = this.log.filter((document) => document.endSeqNo === Infinity);
    this.#slabs = new SourceSlabs();
    for (const document of this.log) document.source = this.#slabs.add(toBytes(document.source));
    this.#dead = 0;
    this.generation += 1;
  }
}
