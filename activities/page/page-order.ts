import { toEpochMs } from '../../contracts/instant.ts';
import type { Slice } from '../../contracts/window.ts';
import { SourceContractError } from '../../contracts/errors.ts';

/** The range for records that are requested by id: they may have been modified meanwhile. */
export const AT_ANY_TIME: Slice = {
  from: null,
  to: '9999-12-31T23:59:59Z',
  ownerIds: null,
  settledBefore: '9999-12-31T23:59:59Z',
};

/**
 * Checks that a page holds the records that were requested: ids strictly ascending and above the cursor, and
 * `lastModified` inside the slice. A page that fails the check would hide records, so it is never skipped.
 */
export class PageOrder {
  readonly #fromMs: number;
  readonly #toMs: number;
  readonly #settledBeforeMs: number;
  #cursor: string | null;
  #settledRead = 0;

  constructor(slice: Slice, cursor: string | null) {
    this.#fromMs = slice.from === null ? Number.NEGATIVE_INFINITY : toEpochMs(slice.from);
    this.#toMs = toEpochMs(slice.to);
    this.#settledBeforeMs = toEpochMs(slice.settledBefore);
    this.#cursor = cursor;
  }

  /** The greatest id so far. */
  get cursor(): string | null {
    return this.#cursor;
  }

  /** Number of records so far that were modified before the slice's `settledBefore`. */
  get settledRead(): number {
    return this.#settledRead;
  }

  /**
   * @param id digits without leading zeros
   * @param lastModifiedMs epoch milliseconds; `null` if it has no date, or no date yet: it counts as settled
   * @param position of the record on the page, from 1, for the message
   * @throws {SourceContractError}
   */
  accept(id: string, lastModifiedMs: number | null, position: number): void {
    if (this.#cursor !== null && compareIds(id, this.#cursor) <= 0) {
      throw new SourceContractError(
        `record ${position} of the page has id ${id}, which does not ascend from ${this.#cursor} as \`sorting=id asc\` promises`,
      );
    }
    if (
      lastModifiedMs !== null &&
      (lastModifiedMs < this.#fromMs || lastModifiedMs >= this.#toMs)
    ) {
      throw new SourceContractError(
        `record ${position} of the page (id ${id}) was last modified ${new Date(lastModifiedMs).toISOString()}, outside of the requested range`,
      );
    }
    this.#cursor = id;
    if (lastModifiedMs === null || lastModifiedMs < this.#settledBeforeMs) this.#settledRead += 1;
  }

  /** Adds the date of a record that was accepted without one. */
  date(lastModifiedMs: number | null): void {
    if (lastModifiedMs !== null && lastModifiedMs >= this.#settledBeforeMs) this.#settledRead -= 1;
  }

  /** Moves the cursor right before an id, past a record that never comes. */
  skipTo(id: string): void {
    this.#cursor = String(BigInt(id) - 1n);
  }

  /** Accepts a record without an id: nothing can be checked, and it counts as settled. */
  acceptUnknown(): void {
    this.#settledRead += 1;
  }
}

/** Compares ids as texts, since they may exceed 2^53: without leading zeros the longer one is the greater. */
function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
