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

/** Each takes some requests of its own, and the attempt has to end. */
const INCOMPLETE_MAX = 100;
const NO_FORM = 'ThreatConnect gives it in no form, however small the request';

/**
 * The records of a page that are too heavy to come with it: they come cut, incomplete, or make the whole page fail.
 * They are read in parts; what comes in no form is set aside.
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

  /** So many are to be read in parts that the page ends here. */
  get areEnough(): boolean {
    return this.#incomplete.length === INCOMPLETE_MAX;
  }

  /** Records that were not there any more when they were asked for by their ids. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** @param dated its date is known: `PagePlaces` was told it */
  putDown(id: string, position: number, dated: boolean): void {
    this.#incomplete.push({ id, position, dated });
  }

  /** Whether other records come just now, from `start` on. */
  othersCome(selection: Selection, start: number): Promise<boolean> {
    return this.#parts.othersCome(selection, this.#asked.fields, start);
  }

  /** Reads in parts what was put down. */
  async complete(): Promise<void> {
    for (const { id, position, dated } of this.#incomplete) {
      const lastModifiedMs = await this.#completeOne(id, position);
      if (!dated) this.#places.date(lastModifiedMs);
    }
  }

  /**
   * Reads the next record, which fails alone.
   * @returns whether there is more behind it
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
    const place = `the one behind id ${this.#places.cursor ?? '0'}${nextId === null ? ', the last' : `, before ${nextId}`}`;
    for (let record = 1; record <= lone.records; record += 1) {
      const position = this.#places.next();
      this.#sink.rejectUnseen(`${NO_FORM}: ${place}`, position);
      this.#places.passUnknown(position);
    }
    if (nextId !== null) this.#places.skipTo(nextId);
    return lone.next !== null;
  }

  /** Gives back the room that is held for what was read and is handed on. */
  giveBack(): void {
    this.#held.giveBack();
  }

  /** @returns when it was last modified, epoch milliseconds; `null`: not known */
  async #completeOne(id: string, position: number): Promise<number | null> {
    const record = await this.#readInsisting({ ...this.#asked.select(null), ids: [id] });
    if (record === HEAVY) {
      const text = `{"id":${id}}`;
      const seen = { text, plainNumbers: false, bytes: text.length, cut: false };
      this.#sink.reject(seen, NO_FORM, position);
      return null;
    }
    if (record !== null) return this.#writeWhole(record, position);
    // it has left the slice and comes with the window that it is in now, or it is hidden: the slice is to be proven
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

  /** Counts a record that came by itself and moves the cursor behind it. @returns its position */
  #pass(text: string): number {
    const id = leadingId(text);
    if (id === null) throw new SourceContractError('a record that was read alone has no id');
    const position = this.#places.next();
    this.#places.pass(id, null, position);
    return position;
  }
}
