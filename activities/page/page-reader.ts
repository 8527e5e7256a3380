import type { Deps } from '../attempt/deps.ts';
import { SourceContractError } from '../../contracts/errors.ts';
import { HEAVY, insist } from './insist.ts';
import { readLone } from './lone-record.ts';
import type { PageOrder } from './page-order.ts';
import { ApartReader, type WholeRecord } from './record-in-parts.ts';
import type { Gap, RecordSink } from './record-sink.ts';
import { leadingId } from '../threatconnect/record-id.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';
import type { Selection } from '../threatconnect/tql.ts';
import { isPassing, isWeight } from '../threatconnect/weight.ts';

/** A larger record is read apart from its page, so that what is held does not depend on it. */
const APART_BYTES = 8 * 1024 * 1024;
/** What fails sooner may be trouble of the moment, and is asked for once more as it is. */
const MOMENT_MS = 5_000;
/** Each takes some requests of its own, and the attempt has to end. */
const INCOMPLETE_MAX = 100;
const NO_FORM = 'ThreatConnect gives it in no form, however small the request';
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** In a row, without a record in between. What lasts longer than half a minute is Temporal's to wait for. */
const TROUBLES_MAX = 6;

export type PageAsked = {
  /** What is read, behind an id. */
  select: (afterId: string | null) => Selection;
  /** Optional parts that each record is asked with. */
  fields: readonly string[];
  /** Pages begin behind an id; false: at an offset. */
  keyset: boolean;
  /** Records that earlier pages have passed, where pages begin at an offset. */
  passed: number;
};

export type PageRead = {
  read: number;
  /** The source's clock when the page was asked for, epoch milliseconds. */
  requestedAtMs: number;
  hasNext: boolean;
  /** Records of the request that came through; less than was asked for where that was too heavy. */
  pageSize: number;
  /** What was read before has moved in the list: the slice must be read from its beginning. */
  hasShifted: boolean;
  /** Records that were not there any more when they were asked for by their ids. */
  leftOut: number;
  /** Of the records without a known id, by position. */
  gaps: ReadonlyMap<number, Gap>;
};

/**
 * Reads one page and hands its records on, as few of them at a time as the source can bear.
 *
 *     page ── too heavy ──► half of it ── … ──► one record ── too heavy ──► alone ──► set aside
 *
 * What came before an answer broke is kept: the next request begins behind it. What fails while nothing else
 * comes either is asked for again as it is, and thrown after half a minute: that is an outage.
 */
export class PageReader {
  readonly #deps: Pick<Deps, 'source' | 'turns' | 'waiting'>;
  readonly #asked: PageAsked;
  readonly #order: PageOrder;
  readonly #sink: RecordSink;
  readonly #apart: ApartReader;
  readonly #held: { giveBack(): void };
  readonly #signal: AbortSignal;
  /** Records that came too large, or with a list that is cut. */
  readonly #incomplete: { id: string; position: number; dated: boolean }[] = [];
  readonly #gaps = new Map<number, Gap>();
  #read = 0;
  #requestedAtMs: number;
  #hasShifted = false;
  #leftOut = 0;
  /** Enough of them are to be read apart: what follows is left to the next page. */
  #isCutShort = false;

  constructor(
    deps: Deps,
    asked: PageAsked,
    order: PageOrder,
    sink: RecordSink,
    signal: AbortSignal,
  ) {
    const { source, waiting, settings } = deps;
    const { fields, keyset } = asked;
    const { maxAssociations, maxBodyBytes: maxBytes } = settings;
    const hold = deps.inFlight.hold();
    this.#deps = deps;
    this.#asked = asked;
    this.#order = order;
    this.#sink = sink;
    this.#held = hold;
    this.#apart = new ApartReader(
      { source, fields, maxAssociations, maxBytes, keyset, hold, waiting },
      signal,
    );
    this.#signal = signal;
    this.#requestedAtMs = source.clock.nowMs();
  }

  /**
   * @param pageSize to begin with
   * @param onSize is told each smaller size, before it is tried
   */
  async read(pageSize: number, onSize: (pageSize: number) => void): Promise<PageRead> {
    try {
      const { hasNext, size } = await this.#bearable(pageSize, onSize);
      await this.#complete();
      return {
        read: this.#read,
        requestedAtMs: this.#requestedAtMs,
        hasNext,
        pageSize: size,
        hasShifted: this.#hasShifted,
        leftOut: this.#leftOut,
        gaps: this.#gaps,
      };
    } finally {
      this.#held.giveBack();
    }
  }

  /** Asks for the page, smaller where it is too heavy, again where the trouble is of the moment. */
  async #bearable(
    pageSize: number,
    onSize: (pageSize: number) => void,
  ): Promise<{ hasNext: boolean; size: number }> {
    let size = pageSize;
    let troubles = 0;
    let isSecondTime = false;
    for (;;) {
      const readBefore = this.#read;
      const beganMs = performance.now();
      try {
        return { hasNext: await this.#page(size), size };
      } catch (error) {
        if (!isPassing(error)) throw error;
        const isOfMoment = performance.now() - beganMs < MOMENT_MS;
        if (this.#read > readBefore) [troubles, isSecondTime] = [0, false];
        troubles += 1;
        if (troubles > TROUBLES_MAX) throw error;
        const waitMs = FIRST_WAIT_MS * 2 ** (troubles - 1);
        await this.#deps.waiting.sleep(Math.min(waitMs, LONGEST_WAIT_MS), this.#signal);
        if (!isWeight(error) || !(await this.#othersCome())) continue;
        isSecondTime = isOfMoment && !isSecondTime;
        if (isSecondTime) continue;
        if (size === 1) return { hasNext: await this.#lone(), size };
        size = Math.ceil(size / 2);
        troubles = 0;
        onSize(size);
      }
    }
  }

  #othersCome(): Promise<boolean> {
    return this.#apart.othersCome(this.#selection(), this.#asked.fields, this.#offset());
  }

  /** Reads apart what came incomplete. */
  async #complete(): Promise<void> {
    for (const { id, position, dated } of this.#incomplete) {
      const lastModifiedMs = await this.#readApart(id, position);
      if (!dated) this.#order.date(lastModifiedMs);
    }
  }

  /** @returns whether there is more behind it */
  async #page(limit: number): Promise<boolean> {
    // without ids to begin behind, the last record is asked for again: it must still be there
    const again = this.#offset() > 0 ? 1 : 0;
    let seen = 0;
    const turn = this.#deps.turns.join();
    const page = await this.#deps.source
      .page(
        this.#selection(),
        {
          fields: this.#asked.fields,
          limit: Math.min(limit + again, 10_000),
          start: this.#offset() - again,
          recordBytesMax: APART_BYTES,
        },
        async (records, requestedAtMs) => {
          this.#requestedAtMs = requestedAtMs;
          if (this.#isCutShort) return;
          await turn.next();
          for (const record of records) {
            seen += 1;
            if (seen > again) {
              await this.#accept(record, requestedAtMs);
            } else if (leadingId(record.text) !== this.#order.cursor) {
              this.#hasShifted = true;
            }
            this.#isCutShort = this.#incomplete.length === INCOMPLETE_MAX;
            if (this.#hasShifted || this.#isCutShort) return;
          }
        },
        this.#signal,
      )
      .finally(turn.end);
    return this.#isCutShort || (page.hasNext && seen > again && !this.#hasShifted);
  }

  /** Writes a record, or puts it down to be read apart. */
  async #accept(record: RawRecord, requestedAtMs: number): Promise<void> {
    this.#read += 1;
    const position = this.#read;
    const id = record.cut ? leadingId(record.text) : null;
    if (id !== null) {
      this.#pass(id, null, position);
      this.#incomplete.push({ id, position, dated: false });
      return;
    }
    const { indicatorId, lastModifiedMs, isCut } = await this.#sink.write(
      record,
      position,
      requestedAtMs,
    );
    if (indicatorId === null) {
      this.#passUnknown(position);
      return;
    }
    this.#pass(indicatorId, lastModifiedMs, position);
    if (isCut) this.#incomplete.push({ id: indicatorId, position, dated: true });
  }

  #pass(id: string, lastModifiedMs: number | null, position: number): void {
    this.#order.accept(id, lastModifiedMs, position);
    this.#endGaps(id);
  }

  #passUnknown(position: number): void {
    this.#order.acceptUnknown();
    const afterId = this.#asked.keyset ? this.#order.cursor : null;
    this.#gaps.set(position, { afterId, beforeId: null });
  }

  /** The record of this id is the next one behind those of which none is known. */
  #endGaps(id: string): void {
    if (!this.#asked.keyset) return;
    for (const gap of this.#gaps.values()) gap.beforeId ??= id;
  }

  /** @returns when it was last modified, epoch milliseconds, where that is known */
  async #readApart(id: string, position: number): Promise<number | null> {
    const record = await this.#insistOn({ ...this.#asked.select(null), ids: [id] });
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

  async #insistOn(selection: Selection): Promise<WholeRecord | null | typeof HEAVY> {
    const read = () => this.#apart.read(selection);
    try {
      return await read();
    } catch (error) {
      if (!isPassing(error)) throw error;
      const others = this.#asked.select(null);
      const othersCome = () => this.#apart.othersCome(others, this.#apart.ownFields, 0);
      return insist(read, othersCome, this.#deps.waiting, this.#signal);
    }
  }

  async #writeWhole(record: WholeRecord, position: number): Promise<number | null> {
    const { lastModifiedMs } = await this.#sink.writeWhole(record, position);
    this.#held.giveBack();
    return lastModifiedMs;
  }

  /**
   * The next record fails alone.
   * @returns whether there is more behind it
   */
  async #lone(): Promise<boolean> {
    const lone = await readLone(
      this.#apart,
      this.#selection(),
      this.#offset(),
      this.#deps.waiting,
      this.#signal,
    );
    if (lone.is === 'gone') return false;
    if (lone.is === 'whole') {
      this.#take(lone.record.text);
      this.#order.date(await this.#writeWhole(lone.record, this.#read));
      return true;
    }
    if (lone.is === 'bare') {
      this.#take(lone.record.text);
      this.#sink.reject(lone.record, NO_FORM, this.#read);
      return true;
    }
    const nextId = lone.next === null ? null : leadingId(lone.next.text);
    const place = `the one behind id ${this.#order.cursor ?? '0'}${nextId === null ? ', the last' : `, before ${nextId}`}`;
    for (let record = 1; record <= lone.records; record += 1) {
      this.#read += 1;
      this.#sink.rejectUnseen(`${NO_FORM}: ${place}`, this.#read);
      this.#passUnknown(this.#read);
    }
    if (nextId !== null) {
      this.#endGaps(nextId);
      this.#order.skipTo(nextId);
    }
    return lone.next !== null;
  }

  /** Counts a record that came by itself and moves the cursor behind it. */
  #take(text: string): void {
    const id = leadingId(text);
    if (id === null) throw new SourceContractError('a record that was read alone has no id');
    this.#read += 1;
    this.#pass(id, null, this.#read);
  }

  #selection(): Selection {
    return this.#asked.select(this.#asked.keyset ? this.#order.cursor : null);
  }

  /** Records to pass over, where the source cannot begin behind an id. */
  #offset(): number {
    return this.#asked.keyset ? 0 : this.#asked.passed + this.#read;
  }
}
