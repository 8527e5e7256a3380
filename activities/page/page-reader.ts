import type { Deps } from '../attempt/deps.ts';
import { leadingId } from '../threatconnect/record-id.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';
import type { Selection } from '../threatconnect/tql.ts';
import { isPassing, isWeight } from '../threatconnect/weight.ts';
import { waitMsAfter } from './growing-wait.ts';
import { HeavyRecords } from './heavy-records.ts';
import type { PageOrder } from './page-order.ts';
import { PagePlaces, type Gap } from './page-places.ts';
import type { RecordSink } from './record-sink.ts';

/** A larger record is read separately, so that the memory needed does not depend on it. */
const LARGE_RECORD_BYTES = 8 * 1024 * 1024;
/** A failure that comes sooner may be temporary, so the same request is sent once more. */
const MOMENT_MS = 5_000;
/**
 * Maximum number of consecutive failures without a record in between. After half a minute Temporal does the waiting.
 */
const TROUBLES_MAX = 6;

export type PageAsked = {
  /** The selection to read, after an id. */
  select: (afterId: string | null) => Selection;
  /** Optional parts that are requested with each record. */
  fields: readonly string[];
  /** True if pages begin after an id; false if they begin at an offset. */
  keyset: boolean;
  /** Number of records that earlier pages have passed, if pages begin at an offset. */
  passed: number;
};

export type PageRead = {
  read: number;
  /** The source's clock when the page was requested, epoch milliseconds. */
  requestedAtMs: number;
  hasNext: boolean;
  /** Number of records of the request that succeeded; less than requested if that was too heavy. */
  pageSize: number;
  /** True if records that were read before have moved in the list: the slice must be read from its beginning. */
  hasShifted: boolean;
  /** Number of records that no longer existed when they were requested by id. */
  leftOut: number;
  /** Gaps of the records without a known id, by position. */
  gaps: ReadonlyMap<number, Gap>;
};

/**
 * Reads one page and hands its records on, in requests that the source can deliver.
 *
 *     page ── too heavy ──► half of it ── … ──► one record ── too heavy ──► HeavyRecords
 *
 * Records that came before an answer broke are kept: the next request begins after them. If other requests fail too,
 * the same request is repeated, and after half a minute its error is thrown: that is an outage.
 */
export class PageReader {
  readonly #deps: Pick<Deps, 'source' | 'priority' | 'waiting'>;
  readonly #asked: PageAsked;
  readonly #places: PagePlaces;
  readonly #sink: RecordSink;
  readonly #heavy: HeavyRecords;
  readonly #signal: AbortSignal;
  #requestedAtMs: number;
  #hasShifted = false;
  /** True if enough records must be read in parts: the rest is left to the next page. */
  #isCutShort = false;

  constructor(
    deps: Deps,
    asked: PageAsked,
    order: PageOrder,
    sink: RecordSink,
    signal: AbortSignal,
  ) {
    this.#deps = deps;
    this.#asked = asked;
    this.#places = new PagePlaces(order, asked.keyset);
    this.#sink = sink;
    this.#heavy = new HeavyRecords(deps, asked, this.#places, sink, signal);
    this.#signal = signal;
    this.#requestedAtMs = deps.source.clock.nowMs();
  }

  /**
   * @param pageSize to begin with
   * @param onSize is called with each smaller size before it is tried
   */
  async read(pageSize: number, onSize: (pageSize: number) => void): Promise<PageRead> {
    try {
      const { hasNext, size } = await this.#bearable(pageSize, onSize);
      await this.#heavy.complete();
      return {
        read: this.#places.read,
        requestedAtMs: this.#requestedAtMs,
        hasNext,
        pageSize: size,
        hasShifted: this.#hasShifted,
        leftOut: this.#heavy.leftOut,
        gaps: this.#places.gaps,
      };
    } finally {
      this.#heavy.giveBack();
    }
  }

  /** Requests the page: a smaller one if it is too heavy, the same one if the failure is temporary. */
  async #bearable(
    pageSize: number,
    onSize: (pageSize: number) => void,
  ): Promise<{ hasNext: boolean; size: number }> {
    let size = pageSize;
    let troubles = 0;
    let isSecondTime = false;
    for (;;) {
      const readBefore = this.#places.read;
      const beganMs = performance.now();
      try {
        return { hasNext: await this.#page(size), size };
      } catch (error) {
        if (!isPassing(error)) throw error;
        const isOfMoment = performance.now() - beganMs < MOMENT_MS;
        if (this.#places.read > readBefore) [troubles, isSecondTime] = [0, false];
        troubles += 1;
        if (troubles > TROUBLES_MAX) throw error;
        await this.#deps.waiting.sleep(waitMsAfter(troubles), this.#signal);
        if (!isWeight(error)) continue;
        if (!(await this.#heavy.othersCome(this.#selection(), this.#offset()))) continue;
        isSecondTime = isOfMoment && !isSecondTime;
        if (isSecondTime) continue;
        if (size === 1) {
          return { hasNext: await this.#heavy.readLone(this.#selection(), this.#offset()), size };
        }
        size = Math.ceil(size / 2);
        troubles = 0;
        onSize(size);
      }
    }
  }

  /** @returns true if there is more after it */
  async #page(limit: number): Promise<boolean> {
    // pages that begin at an offset repeat the last record of the page before: it must still be there
    const again = this.#offset() > 0 ? 1 : 0;
    let seen = 0;
    const turn = this.#deps.priority.join();
    const page = await this.#deps.source
      .page(
        this.#selection(),
        {
          fields: this.#asked.fields,
          limit: Math.min(limit + again, 10_000),
          start: this.#offset() - again,
          recordBytesMax: LARGE_RECORD_BYTES,
        },
        async (records, requestedAtMs) => {
          this.#requestedAtMs = requestedAtMs;
          if (this.#isCutShort) return;
          await turn.next();
          for (const record of records) {
            seen += 1;
            if (seen > again) {
              await this.#accept(record, requestedAtMs);
            } else if (leadingId(record.text) !== this.#places.cursor) {
              this.#hasShifted = true;
            }
            this.#isCutShort = this.#heavy.areEnough;
            if (this.#hasShifted || this.#isCutShort) return;
          }
        },
        this.#signal,
      )
      .finally(turn.end);
    return this.#isCutShort || (page.hasNext && seen > again && !this.#hasShifted);
  }

  /** Writes a record, or notes it to be read in parts. */
  async #accept(record: RawRecord, requestedAtMs: number): Promise<void> {
    const position = this.#places.next();
    const id = record.cut ? leadingId(record.text) : null;
    if (id !== null) {
      this.#places.pass(id, null, position);
      this.#heavy.putDown(id, position, false);
      return;
    }
    const { indicatorId, lastModifiedMs, isCut } = await this.#sink.write(
      record,
      position,
      requestedAtMs,
    );
    if (indicatorId === null) {
      this.#places.passUnknown(position);
      return;
    }
    this.#places.pass(indicatorId, lastModifiedMs, position);
    if (isCut) this.#heavy.putDown(indicatorId, position, true);
  }

  #selection(): Selection {
    return this.#asked.select(this.#asked.keyset ? this.#places.cursor : null);
  }

  /** Number of records to skip, if the source refuses `id >`. */
  #offset(): number {
    return this.#asked.keyset ? 0 : this.#asked.passed + this.#places.read;
  }
}
