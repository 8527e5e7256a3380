import type { PageOrder } from './page-order.ts';

/** The ids between which a record without a known id stands; `null` at the beginning or end of the page. */
export type Gap = { afterId: string | null; beforeId: string | null };

/** Counts the records of a page, and notes between which ids each record without a known id stands. */
export class PagePlaces {
  readonly #order: PageOrder;
  readonly #keyset: boolean;
  readonly #gaps = new Map<number, Gap>();
  #read = 0;

  /** @param keyset true if pages begin after an id: only then do ids say anything about places */
  constructor(order: PageOrder, keyset: boolean) {
    this.#order = order;
    this.#keyset = keyset;
  }

  /** Number of records so far. */
  get read(): number {
    return this.#read;
  }

  /** Gaps of the records without a known id, by position. */
  get gaps(): ReadonlyMap<number, Gap> {
    return this.#gaps;
  }

  /** The greatest id so far. */
  get cursor(): string | null {
    return this.#order.cursor;
  }

  /** Counts the next record. @returns its position, from 1 */
  next(): number {
    this.#read += 1;
    return this.#read;
  }

  /**
   * Moves the cursor past a record.
   * @param lastModifiedMs epoch milliseconds; `null` if it has no date, or no date yet
   * @throws {SourceContractError} if the record does not belong there
   */
  pass(id: string, lastModifiedMs: number | null, position: number): void {
    this.#order.accept(id, lastModifiedMs, position);
    this.#endGaps(id);
  }

  /** Notes that the id of a record is not known. */
  passUnknown(position: number): void {
    this.#order.acceptUnknown();
    const afterId = this.#keyset ? this.cursor : null;
    this.#gaps.set(position, { afterId, beforeId: null });
  }

  /** Adds the date of a record that was passed without one. */
  date(lastModifiedMs: number | null): void {
    this.#order.date(lastModifiedMs);
  }

  /** Moves the cursor right before an id, past records that never come. */
  skipTo(id: string): void {
    this.#endGaps(id);
    this.#order.skipTo(id);
  }

  /** The record with this id comes right after the records without a known id. */
  #endGaps(id: string): void {
    if (!this.#keyset) return;
    for (const gap of this.#gaps.values()) gap.beforeId ??= id;
  }
}
