import type { Feed } from '../contracts/feed.ts';
import type { SyncPageInput } from '../contracts/activities.ts';
import type { Deps } from './deps.ts';
import { shallowFields } from './deep-fields.ts';
import { SourceContractError } from './errors.ts';
import type { PageOrder } from './page-order.ts';
import { ApartReader } from './record-apart.ts';
import type { RecordWriter } from './record-writer.ts';
import { toSelection } from './selection.ts';
import { leadingId } from './threatconnect/record-id.ts';
import type { RawRecord } from './threatconnect/record-scanner.ts';
import type { Selection } from './threatconnect/tql.ts';
import { isWeight } from './threatconnect/weight.ts';

/** A larger record is read apart from its page, so that what is held does not depend on it. */
const APART_BYTES = 8 * 1024 * 1024;

export type PageRead = {
  read: number;
  /** The source's clock when the page was asked for, epoch milliseconds. */
  requestedAtMs: number;
  hasNext: boolean;
  /** Records of the request that came through; less than was asked for where that was too heavy. */
  pageSize: number;
  /** What was read before has moved in the list: the slice must be read from its beginning. */
  hasShifted: boolean;
};

/**
 * Reads one page and hands its records on, as few of them at a time as the source can bear.
 *
 *     page ── too heavy ──► half of it ── … ──► one record ── too heavy ──► apart ──► set aside
 *
 * What came before an answer broke is kept: the next request begins behind it.
 */
export class PageReader {
  readonly #deps: Deps;
  readonly #feed: Feed;
  readonly #fields: readonly string[];
  readonly #input: SyncPageInput;
  readonly #order: PageOrder;
  readonly #writer: RecordWriter;
  readonly #apart: ApartReader;
  readonly #signal: AbortSignal;
  /** Records that came too large, or with a list that is cut. */
  readonly #incomplete: { id: string; position: number; dated: boolean }[] = [];
  #read = 0;
  #requestedAtMs: number;
  #hasShifted = false;

  constructor(
    deps: Deps,
    feed: Feed,
    input: SyncPageInput,
    order: PageOrder,
    writer: RecordWriter,
    signal: AbortSignal,
  ) {
    const { source, settings } = deps;
    this.#deps = deps;
    this.#feed = feed;
    this.#input = input;
    this.#order = order;
    this.#writer = writer;
    this.#fields = input.deepFields === false ? shallowFields(feed.fields) : feed.fields;
    this.#apart = new ApartReader(source, this.#fields, settings.maxAssociations, signal);
    this.#signal = signal;
    this.#requestedAtMs = source.clock.nowMs();
  }

  /**
   * @param pageSize to begin with
   * @param onSize is told each smaller size, before it is tried
   */
  async read(pageSize: number, onSize: (pageSize: number) => void): Promise<PageRead> {
    let size = pageSize;
    for (;;) {
      let hasNext: boolean;
      try {
        hasNext = await this.#page(size);
      } catch (error) {
        if (!isWeight(error)) throw error;
        if (size > 1) {
          size = Math.ceil(size / 2);
          onSize(size);
          continue;
        }
        hasNext = await this.#heavy(error);
      }
      for (const { id, position, dated } of this.#incomplete) {
        const lastModifiedMs = await this.#readApart(id, position);
        if (!dated) this.#order.date(lastModifiedMs);
      }
      return {
        read: this.#read,
        requestedAtMs: this.#requestedAtMs,
        hasNext,
        pageSize: size,
        hasShifted: this.#hasShifted,
      };
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
          fields: this.#fields,
          limit: Math.min(limit + again, 10_000),
          start: this.#offset() - again,
          recordBytesMax: APART_BYTES,
        },
        async (records, requestedAtMs) => {
          this.#requestedAtMs = requestedAtMs;
          await turn.next();
          for (const record of records) {
            seen += 1;
            if (seen > again) {
              await this.#accept(record, requestedAtMs);
            } else if (leadingId(record.text) !== this.#order.cursor) {
              this.#hasShifted = true;
            }
            if (this.#hasShifted) return;
          }
        },
        this.#signal,
      )
      .finally(turn.end);
    return page.hasNext && seen > again && !this.#hasShifted;
  }

  /** Writes a record, or puts it down to be read apart. */
  async #accept(record: RawRecord, requestedAtMs: number): Promise<void> {
    this.#read += 1;
    const position = this.#read;
    const id = record.cut ? leadingId(record.text) : null;
    if (id !== null) {
      this.#order.accept(id, null, position);
      this.#incomplete.push({ id, position, dated: false });
      return;
    }
    const { indicatorId, lastModifiedMs, isCut } = await this.#writer.write(
      record,
      position,
      requestedAtMs,
    );
    if (indicatorId === null) {
      this.#order.acceptUnknown();
      return;
    }
    this.#order.accept(indicatorId, lastModifiedMs, position);
    if (isCut) this.#incomplete.push({ id: indicatorId, position, dated: true });
  }

  /** @returns when it was last modified, epoch milliseconds, where that is known */
  async #readApart(id: string, position: number): Promise<number | null> {
    const record = await this.#apart.read({ ...this.#selection(), afterId: null, id });
    if (record !== null) return (await this.#writer.writeWhole(record, position)).lastModifiedMs;
    // it has left the slice meanwhile and comes with the window that it is in now
    this.#writer.leaveOut();
    return null;
  }

  /**
   * The next record fails alone. It is read apart; where that fails too, while the record behind it comes, it
   * is set aside and passed over.
   *
   * @param failure why it failed; thrown where nothing else comes either: then it is not the record
   * @returns whether there is more behind it
   */
  async #heavy(failure: unknown): Promise<boolean> {
    const selection = this.#selection();
    const start = this.#offset();
    const whole = await this.#unlessHeavy(() => this.#apart.read(selection, start));
    if (whole === null) return false; // nothing is there any more
    if (whole !== 'heavy') {
      const write = () => this.#writer.writeWhole(whole, this.#read);
      await this.#take(whole.text, async () => this.#order.date((await write()).lastModifiedMs));
      return true;
    }
    const bare = await this.#unlessHeavy(() => this.#apart.first(selection, [], start));
    if (bare === null) return false;
    const reason = 'ThreatConnect gives it in no form, however small the request';
    if (bare !== 'heavy') {
      await this.#take(bare.text, async () => this.#writer.reject(bare, reason, this.#read));
      return true;
    }
    const neighbour = await this.#unlessHeavy(() => this.#apart.first(selection, [], start + 1));
    if (neighbour === 'heavy') throw failure;
    const id = neighbour === null ? null : leadingId(neighbour.text);
    // the trouble may have been over just now
    const second = await this.#unlessHeavy(() => this.#apart.first(selection, [], start));
    if (second !== 'heavy') throw failure;
    this.#read += 1;
    const place = `the one behind id ${this.#order.cursor ?? '0'}${id === null ? ', the last' : `, before ${id}`}`;
    this.#writer.rejectUnseen(`${reason}: ${place}`, this.#read);
    this.#order.acceptUnknown();
    if (id !== null) this.#order.skipTo(id);
    return neighbour !== null;
  }

  /** Counts a record that came by itself and moves the cursor behind it. */
  async #take(text: string, write: () => Promise<void>): Promise<void> {
    const id = leadingId(text);
    if (id === null) throw new SourceContractError('a record that was read alone has no id');
    this.#read += 1;
    this.#order.accept(id, null, this.#read);
    await write();
  }

  async #unlessHeavy<T>(read: () => Promise<T>): Promise<T | 'heavy'> {
    try {
      return await read();
    } catch (error) {
      if (isWeight(error)) return 'heavy';
      throw error;
    }
  }

  #selection(): Selection {
    const { slice, keyset = true } = this.#input;
    return toSelection(this.#feed, slice, keyset ? this.#order.cursor : null);
  }

  /** Records of the slice to pass over, where the source cannot begin behind an id. */
  #offset(): number {
    const { keyset = true, position } = this.#input;
    return keyset ? 0 : position.read + this.#read;
  }
}
