import { SourceContractError } from '../../contracts/errors.ts';
import type { Deps } from '../attempt/deps.ts';
import { leadingId } from '../threatconnect/record-id.ts';
import type { Selection } from '../threatconnect/tql.ts';
import { isPassing } from '../threatconnect/weight.ts';
import { HEAVY, insist } from './insist.ts';
import { readLone } from './lone-record.ts';
import type { PagePlaces } from './page-places.ts';
import type { PageAsked } from './page-reader.ts';
import { PartsReader, type WholeRecord } from './record-in-parts.ts';
import type { RecordSink } from './record-sink.ts';

/** Each of them takes several requests, and the attempt must end. */
const INCOMPLETE_MAX = 100;
const NO_FORM = 'ThreatConnect does not return it, however small the request';

/**
 * The records of a page that are too heavy for it: they come cut or incomplete, or make the whole page fail. They are
 * read in parts. A record that does not come in any form is set aside.
 */
export class HeavyRecords {
  readonly #waiting: Deps['waiting'];
  readonly #asked: PageAsked;
  readonly #places: PagePlaces;
  readonly #sink: RecordSink;
  readonly #parts: PartsReader;
  readonly #held: { giveBack(): void };
  readonly #signal: AbortSignal;
  /** Records that came too large, or with a list that is cut. */
  readonly #incomplete: { id: string; position: number; dated: boolean }[] = [];
  #leftOut = 0;

  constructor(
    deps: Deps,
    asked: PageAsked,
    places: PagePlaces,
    sink: RecordSink,
    signal: AbortSignal,
  ) {
    const { source, waiting, settings } = deps;
    const { fields, keyset } = asked;
    const { maxAssociations } = settings;
    const hold = deps.inFlight.hold();
    this.#waiting = waiting;
    this.#asked = asked;
    this.#places = places;
    this.#sink = sink;
    this.#held = hold;
    this.#parts = new PartsReader(
      { source, fields, maxAssociations, maxBytes: source.maxBodyBytes, keyset, hold, waiting },
      signal,
    );
    this.#signal = signal;
  }

  /** True if so many records must be read in parts that the page ends here. */
  get areEnough(): boolean {
    return this.#incomplete.length === INCOMPLETE_MAX;
  }

  /** Number of records that no longer existed when they were requested by id. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** @param dated true if `PagePlaces` knows its date already */
  putDown(id: string, position: number, dated: boolean): void {
    this.#incomplete.push({ id, position, dated });
  }

  /** True if other records come now, from `start` on. */
  othersCome(selection: Selection, start: number): Promise<boolean> {
    return this.#parts.othersCome(selection, this.#asked.fields, start);
  }

  /** Reads the noted records in parts. */
  async complete(): Promise<void> {
    for (const { id, position, dated } of this.#incomplete) {
      const lastModifiedMs = await this.#completeOne(id, position);
      if (!dated) this.#places.date(lastModifiedMs);
    }
  }

  /**
   * Reads the next record, which fails even alone.
   * @returns true if there are more after it
   */
  async readLone(selection: Selection, start: number): Promise<boolean> {
    const lone = await readLone(this.#parts, selection, start, this.#waiting, this.#signal);
    if (lone.is === 'gone') return false;
    if (lone.is === 'whole') {
      const position = this.#pass(lone.record.text);
      this.#places.date(await this.#writeWhole(lone.record, position));
      return true;
    }
    if (lone.is === 'bare') {
      this.#sink.reject(lone.record, NO_FORM, this.#pass(lone.record.text));
      return true;
    }
    const nextId = lone.next === null ? null : leadingId(lone.next.text);
    const place = `the record after id ${this.#places.cursor ?? '0'}${nextId === null ? ', the last one' : `, before id ${nextId}`}`;
    for (let record = 1; record <= lone.records; record += 1) {
      const position = this.#places.next();
      this.#sink.rejectUnseen(`${NO_FORM}: ${place}`, position);
      this.#places.passUnknown(position);
    }
    if (nextId !== null) this.#places.skipTo(nextId);
    return lone.next !== null;
  }

  /** Gives back the room of records that are handed on. */
  giveBack(): void {
    this.#held.giveBack();
  }

  /** @returns when it was last modified, epoch milliseconds; `null` if not known */
  async #completeOne(id: string, position: number): Promise<number | null> {
    const record = await this.#readInsisting({ ...this.#asked.select(null), ids: [id] });
    if (record === HEAVY) {
      const text = `{"id":${id}}`;
      const seen = { text, plainNumbers: false, bytes: text.length, cut: false };
      this.#sink.reject(seen, NO_FORM, position);
      return null;
    }
    if (record !== null) return this.#writeWhole(record, position);
    // the record has left the slice and comes with another window, or it is hidden: the slice must be proven
    this.#leftOut += 1;
    this.#sink.leaveOut();
    return null;
  }

  async #readInsisting(selection: Selection): Promise<WholeRecord | null | typeof HEAVY> {
    const read = () => this.#parts.read(selection);
    try {
      return await read();
    } catch (error) {
      if (!isPassing(error)) throw error;
      const others = this.#asked.select(null);
      const othersCome = () => this.#parts.othersCome(others, this.#parts.ownFields, 0);
      return insist(read, othersCome, this.#waiting, this.#signal);
    }
  }

  async #writeWhole(record: WholeRecord, position: number): Promise<number | null> {
    const { lastModifiedMs } = await this.#sink.writeWhole(record, position);
    this.giveBack();
    return lastModifiedMs;
  }

  /** Counts a record that came by itself and moves the cursor past it. @returns its position */
  #pass(text: string): number {
    const id = leadingId(text);
    if (id === null) throw new SourceContractError('a record that was read alone has no id');
    const position = this.#places.next();
    this.#places.pass(id, null, position);
    return position;
  }
}
