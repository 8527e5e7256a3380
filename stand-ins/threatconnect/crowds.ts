import { crowdGroup, crowdIndicator } from './generate/crowd.ts';
import { nestedIn } from './nested.ts';
import type { Owner } from './owners.ts';
import { RecordStore } from './record-store.ts';
import { readRecord } from './record.ts';
import { Orders } from './sorting.ts';

/** Number of associated records of a record, in addition to the stored ones. */
export interface Crowd {
  groups: number;
  indicators: number;
}

/** First ids of a crowd: far from all other ids. Each crowd has its own range. */
const FIRST_GROUP_ID = 7_000_000_000n;
const FIRST_INDICATOR_ID = 4_000_000_000_000_000_000n;
const RANGE = 10_000_000n;

/**
 * Records with very many associations. The associated records are generated when a request asks for them; the text
 * follows from the id, so that it is the same each time. They are found only through their record, and have its owner.
 */
export class Crowds {
  readonly #byId = new Map<bigint, Crowd & { rank: bigint }>();
  readonly #store: RecordStore;
  #kept: { key: string; store: RecordStore; orders: Orders } | null = null;

  constructor(store: RecordStore) {
    this.#store = store;
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  add(id: bigint, crowd: Crowd): void {
    const rank = this.#byId.get(id)?.rank ?? BigInt(this.#byId.size);
    this.#byId.set(id, { ...crowd, rank });
    this.#kept = null;
  }

  clear(): void {
    this.#byId.clear();
    this.#kept = null;
  }

  state(): { crowds: { id: string; groups: number; indicators: number }[] } {
    const crowds = [...this.#byId].map(([id, { groups, indicators }]) => {
      return { id: String(id), groups, indicators };
    });
    return { crowds };
  }

  sizeOf(slot: number): Crowd {
    const { groups = 0, indicators = 0 } = this.#byId.get(this.#idOf(slot)) ?? {};
    return { groups, indicators };
  }

  groupIdsOf(slot: number): bigint[] {
    const crowd = this.#byId.get(this.#idOf(slot));
    return crowd === undefined ? [] : range(FIRST_GROUP_ID + crowd.rank * RANGE, crowd.groups);
  }

  indicatorIdsOf(slot: number): bigint[] {
    const crowd = this.#byId.get(this.#idOf(slot));
    if (crowd === undefined) return [];
    return range(FIRST_INDICATOR_ID + crowd.rank * RANGE, crowd.indicators);
  }

  /** A generated group with all its parts. */
  groupText(slot: number, id: bigint): string {
    return crowdGroup(id, this.#ownerOf(slot));
  }

  /** A generated indicator with its default keys. */
  indicatorText(slot: number, id: bigint): string {
    return crowdIndicator(id, this.#ownerOf(slot)).text;
  }

  /**
   * A separate store with all indicators, generated and stored, that are associated with these records. It is reused
   * if the next request is for the same records and nothing has changed.
   */
  neighbours(slots: readonly number[]): { store: RecordStore; orders: Orders } {
    const key = `${this.#store.revision} ${slots.join()}`;
    if (this.#kept?.key === key) return this.#kept;
    const store = new RecordStore(this.#store.owners);
    for (const slot of slots) {
      for (const { id } of nestedIn(this.#store, slot, 'associatedIndicators')) {
        this.#copy(id, store);
      }
      const owner = this.#ownerOf(slot);
      for (const id of this.indicatorIdsOf(slot)) {
        const { text, lastModifiedMs } = crowdIndicator(id, owner);
        store.add(readRecord(Buffer.from(text), lastModifiedMs));
      }
    }
    this.#kept = { key, store, orders: new Orders(store) };
    return this.#kept;
  }

  #copy(id: bigint, into: RecordStore): void {
    const slot = this.#store.find(id);
    if (slot === undefined || this.#store.isDeleted(slot) || into.find(id) !== undefined) return;
    into.add(readRecord(this.#store.text(slot), this.#store.columns.lastModifiedMs[slot]));
  }

  #idOf(slot: number): bigint {
    return this.#store.columns.id[slot] ?? -1n;
  }

  #ownerOf(slot: number): Owner {
    const owner = this.#store.owners.list[this.#store.columns.owner[slot] ?? 0];
    if (owner === undefined) throw new Error(`slot ${slot} has no owner`);
    return owner;
  }
}

function range(first: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_unused, index) => first + BigInt(index));
}
