import { SourceContractError } from '../../contracts/errors.ts';
import { HEAVY, insist } from './insist.ts';
import type { PartsOptions } from './record-in-parts.ts';
import { leadingId } from '../threatconnect/record-id.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';
import type { Associated } from '../threatconnect/threatconnect.ts';
import { isWeight } from '../threatconnect/weight.ts';

const PAGE = 1_000;

/** How many associations and bytes of them a record may still keep. */
export type Room = { associations: number; bytes: number };

/**
 * Reads a list of one indicator's associated objects to its end, or as far as there is room, in pages that the source
 * can deliver. If the source refuses `id >`, pages begin at an offset, and each page repeats the last record of the
 * page before, which must still be there.
 */
export class AssociationList {
  readonly texts: string[] = [];
  plainNumbers = true;
  /** Size of the texts. */
  bytes = 0;
  readonly #asked: { list: Associated; id: string; fields: readonly string[] };
  readonly #options: PartsOptions;
  readonly #othersCome: () => Promise<boolean>;
  readonly #room: Room;
  readonly #signal: AbortSignal;
  #size = PAGE;
  #afterId: string | null = null;
  #passed = 0;
  #isFull = false;

  /** @param othersCome true if another request for the indicator succeeds now */
  constructor(
    asked: { list: Associated; id: string; fields: readonly string[] },
    options: PartsOptions,
    othersCome: () => Promise<boolean>,
    room: Room,
    signal: AbortSignal,
  ) {
    this.#asked = asked;
    this.#options = options;
    this.#othersCome = othersCome;
    this.#room = room;
    this.#signal = signal;
  }

  /** @returns true if the whole list was read */
  async read(): Promise<boolean> {
    for (;;) {
      const hasNext = await this.#next();
      if (hasNext === HEAVY || this.#isFull) return false;
      if (!hasNext) return true;
    }
  }

  async #next(): Promise<boolean | typeof HEAVY> {
    try {
      return await this.#page();
    } catch (error) {
      if (!isWeight(error)) throw error;
      if (this.#size === 1) {
        const { waiting } = this.#options;
        return insist(() => this.#page(), this.#othersCome, waiting, this.#signal);
      }
      if (!(await this.#othersCome())) throw error;
      this.#size = Math.ceil(this.#size / 10); // each step may take TC_HTTP_TIMEOUT
      return true;
    }
  }

  /** @returns true if there is more */
  async #page(): Promise<boolean> {
    const { source, keyset } = this.#options;
    const again = !keyset && this.#passed > 0 ? 1 : 0;
    let seen = 0;
    // one record more than is kept shows if there are more
    const left = this.#room.associations - this.texts.length + 1;
    const { hasNext } = await source.associated(
      {
        ...this.#asked,
        limit: Math.min(this.#size, left) + again,
        afterId: keyset ? this.#afterId : null,
        start: keyset ? 0 : this.#passed - again,
      },
      async (records) => {
        for (const record of records) {
          seen += 1;
          if (seen > again) this.#accept(record);
          else this.#recognise(record);
        }
      },
      this.#signal,
    );
    return hasNext && seen > again;
  }

  /** Records that came before an answer broke are kept. */
  #accept(record: RawRecord): void {
    this.#afterId = this.#idOf(record);
    this.#passed += 1;
    const { associations, bytes } = this.#room;
    const isLast = this.texts.length === associations || this.bytes + record.bytes > bytes;
    this.#isFull ||= isLast;
    if (this.#isFull) return;
    this.#options.hold.take(record.bytes);
    this.bytes += record.bytes;
    this.texts.push(record.text);
    this.plainNumbers &&= record.plainNumbers;
  }

  #recognise(record: RawRecord): void {
    if (this.#idOf(record) === this.#afterId) return;
    const { list, id } = this.#asked;
    throw new SourceContractError(
      `the ${list} of indicator ${id} changed while they were read by offsets`,
    );
  }

  #idOf(record: RawRecord): string {
    const id = leadingId(record.text);
    if (id !== null) return id;
    const { list, id: indicatorId } = this.#asked;
    throw new SourceContractError(`a record of ${list} of indicator ${indicatorId} has no id`);
  }
}
