import { type Slice, SourceSlabs, toBytes } from './source-slabs.ts';

/** One version of a document. */
export interface StoredDocument {
  readonly id: string;
  readonly seqNo: number;
  readonly version: number;
  /** Sequence number of the operation that replaced or deleted it; infinite while it is the newest. */
  endSeqNo: number;
  source: Slice;
  /** Fields whose values are not indexed, as `_ignored` shows them. */
  readonly ignored: readonly string[];
}

/** What the newest operation on an id left behind. */
export interface Current {
  readonly seqNo: number;
  readonly version: number;
  readonly document: StoredDocument | null;
}

interface Tombstone {
  readonly seqNo: number;
  readonly version: number;
  readonly deletedMs: number;
}

// index.gc_deletes: how long the version of a deleted document is remembered.
const KEEP_TOMBSTONES_MS = 60_000;
const MIN_DEAD_TO_COMPACT = 10_000;

/**
 * The documents of one index, in the order of their sequence numbers. Searches see what was there at the last refresh:
 * documents that began before `searchableSeqNo` and had not ended by then.
 */
export class Documents {
  /** Versions by sequence number, dead ones among them until the next compaction. */
  log: StoredDocument[] = [];
  nextSeqNo = 0;
  searchableSeqNo = 0;
  /** Counts compactions: positions in `log` are good for one of them. */
  generation = 0;
  /** Open views that need the dead versions: nothing is compacted while there are any. */
  pins = 0;
  readonly #live = new Map<string, StoredDocument>();
  readonly #tombstones = new Map<string, Tombstone>();
  /** Versions that have ended since the last refresh and that searches still see. */
  readonly #lingering = new Map<string, StoredDocument>();
  #slabs = new SourceSlabs();
  #dead = 0;

  /** Bytes of the sources that are there. */
  liveBytes = 0;

  get liveCount(): number {
    return this.#live.size;
  }

  get(id: string): StoredDocument | null {
    return this.#live.get(id) ?? null;
  }

  /** The newest operation on an id, a recent deletion included. */
  current(id: string, nowMs: number): Current | null {
    const document = this.#live.get(id);
    if (document !== undefined) return { ...document, document };
    const tombstone = this.#tombstones.get(id);
    if (tombstone === undefined) return null;
    if (nowMs - tombstone.deletedMs > KEEP_TOMBSTONES_MS) {
      this.#tombstones.delete(id);
      return null;
    }
    return { ...tombstone, document: null };
  }

  /** @param pieces of the source's text, in order; they are copied */
  put(
    id: string,
    version: number,
    pieces: readonly Uint8Array[],
    ignored: readonly string[] = [],
  ): StoredDocument {
    const seqNo = this.nextSeqNo;
    const source = this.#slabs.add(pieces);
    const document = { id, seqNo, version, endSeqNo: Infinity, source, ignored };
    this.#end(id);
    this.nextSeqNo += 1;
    if (this.#tombstones.size > 0) this.#tombstones.delete(id);
    this.#live.set(id, document);
    this.liveBytes += source.to - source.from;
    this.log.push(document);
    return document;
  }

  /** Sequence number of the deletion, which an id that is not there takes too. */
  remove(id: string, version: number, nowMs: number): number {
    const seqNo = this.nextSeqNo;
    this.#end(id);
    this.nextSeqNo += 1;
    this.#live.delete(id);
    this.#tombstones.set(id, { seqNo, version, deletedMs: nowMs });
    return seqNo;
  }

  refresh(): void {
    this.searchableSeqNo = this.nextSeqNo;
    this.#lingering.clear();
    if (this.pins > 0) return;
    if (this.#dead > MIN_DEAD_TO_COMPACT && this.#dead > this.#live.size) this.#compact();
  }

  /** @param at `searchableSeqNo` of an earlier refresh; null: of the latest */
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

  /** Drops the dead versions; the sources move, so that their slabs can go. */
  #compact(): void {
    this.log = this.log.filter((document) => document.endSeqNo === Infinity);
    this.#slabs = new SourceSlabs();
    for (const document of this.log) document.source = this.#slabs.add([toBytes(document.source)]);
    this.#dead = 0;
    this.generation += 1;
  }
}
