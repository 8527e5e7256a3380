import type { Members } from './generate/text.ts';
import { changed, nestedIn, type Element } from './nested.ts';
import type { RecordStore } from './record-store.ts';

/** Keys of a group that only `fields` adds. */
export const DETAIL_KEYS = ['attributes', 'securityLabels', 'tags'] as const;

/**
 * All groups: those that records contain, and those that were created separately. Each read first collects the groups
 * of the records that are new or have changed.
 */
export class Groups {
  readonly #store: RecordStore;
  readonly #detailsOf: (id: bigint) => Members;
  readonly #texts = new Map<bigint, string>();
  #scanned = 0;
  #replaced = 0;

  /** @param detailsOf returns the keys of a group that records do not show */
  constructor(store: RecordStore, detailsOf: (id: bigint) => Members) {
    this.#store = store;
    this.#detailsOf = detailsOf;
  }

  /** Every group's text with all its parts, by id. */
  all(): ReadonlyMap<bigint, string> {
    for (; this.#scanned < this.#store.size; this.#scanned++) this.#collect(this.#scanned);
    const { replaced } = this.#store;
    for (; this.#replaced < replaced.length; this.#replaced++) {
      this.#collect(replaced[this.#replaced] ?? 0);
    }
    return this.#texts;
  }

  get(id: bigint): string | undefined {
    return this.#texts.get(id) ?? this.all().get(id);
  }

  /** The full text of a group that a record shows. */
  resolve({ id, text }: Element): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const missing = this.#detailsOf(id).filter(([key]) => !text.includes(`"${key}":`));
    const whole = missing.length === 0 ? text : changed(text, new Map(missing));
    this.#texts.set(id, whole);
    return whole;
  }

  set(id: bigint, text: string): void {
    this.#texts.set(id, text);
  }

  /** @returns whether the group existed */
  delete(id: bigint): boolean {
    this.all();
    return this.#texts.delete(id);
  }

  nextId(): bigint {
    let last = 600_000n;
    for (const id of this.all().keys()) if (id > last) last = id;
    return last + 1n;
  }

  #collect(slot: number): void {
    for (const element of nestedIn(this.#store, slot, 'associatedGroups')) this.resolve(element);
  }
}

/** The group as records show it: without the keys that only `fields` adds. */
export function withoutDetails(text: string): string {
  return changed(text, new Map(DETAIL_KEYS.map((key) => [key, null])));
}
