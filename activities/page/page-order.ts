import { toEpochMs } from '../../contracts/instant.ts';
import type { Slice } from '../../contracts/window.ts';
import { SourceContractError } from '../../contracts/errors.ts';

/** Where records are asked for by their ids: they may have been modified since. */
export const AT_ANY_TIME: Slice = {
  from: null,
  to: '9999-12-31T23:59:59Z',
  ownerIds: null,
  settledBefore: '9999-12-31T23:59:59Z',
};

/**
 * Checks that a page holds what was asked for: ids strictly ascending and above the cursor, and
 * `lastModified` inside the slice. A page that does not would hide records; it is never skipped over.
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

  /** Records so far that were modified before the slice's `settledBefore`. */
  get settledRead(): number {
    return this.#settledRead;
  }

  /**
   * @param id digits without leading zeros
   * @param lastModifiedMs epoch milliseconds; `null` where it has no date, or none yet: it counts as settled
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
        `record ${position} of the page (id ${id}) was last modified ${new Date(lastModifiedMs).toISOString()}, outside of the range that was asked for`,
      );
    }
    this.#cursor = id;
    if (lastModifiedMs === null || lastModifiedMs < this.#settledBeforeMs) this.#settledRead += 1;
  }

  /** Tells the date of a record that was accepted without one. */
  date(lastModifiedMs: number | null): void {
    if (lastModifiedMs !== null && lastModifiedMs >= this.#settledBeforeMs) this.#settledRead -= 1;
  }

  /** Puts the cursor right before an id, past a record that never comes. */
  skipTo(id: string): void {
    this.#cursor = String(BigInt(id) - 1n);
  }

  /** A record without an id: nothing can be checked, and it counts as settled. */
  acceptUnknown(): void {
    this.#settledRead += 1;
  }
}

/** Ids go above 2^53; without leading zeros the longer one is the greater. */
function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
