import { dataStream } from '../../contracts/names.ts';
import { mapRecord, type MappedDocument } from '../../mapping/map-record.ts';
import type { Reading } from '../../mapping/enriched/to-enriched.ts';
import { unlessDuplicate } from '../../mapping/duplicate.ts';
import type { Deps } from '../attempt/deps.ts';
import { BulkWriter, type BulkOptions } from '../elasticsearch/bulk-writer.ts';
import { newestDocuments } from '../elasticsearch/newest-documents.ts';
import { newestVersions } from '../elasticsearch/newest-versions.ts';
import type { Rejected } from '../elasticsearch/reject-document.ts';
import { SourceContractError } from '../../contracts/errors.ts';
import { endsInactive, toTombstones } from './end-inactive.ts';
import type { WholeRecord } from './record-in-parts.ts';
import type { Accepted, RecordSink } from './record-sink.ts';
import { leadingId } from '../threatconnect/record-id.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';

/** More than one, since the newest document may be another version of the very record that is refused. */
const WITNESSES = 3;

/** Inactive records that are looked up at once; Elasticsearch returns 10,000 hits at most. */
const INACTIVE_MAX = 5_000;

/** The outcome of the records: `created + duplicate + rejects + ended + inactive` counts every record. */
export type Written = {
  created: number;
  duplicate: number;
  rejects: Rejected[];
  /** Inactive, and its tombstone was written. */
  ended: number;
  /** Inactive, and nothing was written: it is not known, or has ended before. */
  inactive: number;
};

/** A document and the record that it came from. */
type Draft = MappedDocument & {
  record: { text: string; bytes: number; position: number };
  /** Bytes in memory, text and document. */
  heldBytes: number;
  /** The source's clock when the record was requested, epoch milliseconds. */
  requestedAtMs: number;
};

/**
 * Maps records and writes them to the data stream. A record that cannot become a document is set aside and does not
 * stop the others. A record that is inactive in ThreatConnect ends its indicator.
 */
export class RecordWriter implements RecordSink {
  readonly #deps: Deps;
  readonly #run: { feed: string; runId: string };
  readonly #options: BulkOptions<Draft>;
  readonly #bulk: BulkWriter<Draft>;
  readonly #rejects: Rejected[] = [];
  readonly #signal: AbortSignal;
  #left = 0;
  /** Inactive records that are not looked up yet. */
  #inactive: Draft[] = [];
  #endedCount = 0;
  #inactiveCount = 0;
  /** Bytes of the records under way. */
  #held = 0;

  /** Lends a writer. However `write` ends, the room that the writer still holds is given back. */
  static async lend<T>(
    deps: Deps,
    run: { feed: string; runId: string },
    signal: AbortSignal,
    write: (writer: RecordWriter) => Promise<T>,
  ): Promise<T & { written: Written }> {
    const writer = new RecordWriter(deps, run, signal);
    try {
      const result = await write(writer);
      return { ...result, written: await writer.#finish() };
    } finally {
      writer.#giveBack(writer.#held);
    }
  }

  private constructor(deps: Deps, run: { feed: string; runId: string }, signal: AbortSignal) {
    const { sink, settings, waiting } = deps;
    this.#deps = deps;
    this.#run = run;
    this.#signal = signal;
    const target = dataStream(settings.namespace);
    this.#options = {
      target,
      signal,
      waiting,
      findWitnesses: () => newestDocuments(sink, target, WITNESSES, signal),
      onSettled: (drafts) =>
        this.#giveBack(drafts.reduce((sum, { heldBytes }) => sum + heldBytes, 0)),
      pipeline: settings.pipeline,
    };
    this.#bulk = new BulkWriter<Draft>(sink, {
      ...this.#options,
      resolveConflicts: (drafts) => this.#notDuplicates(drafts, signal),
    });
  }

  /**
   * @param position of the record on its page, from 1
   * @param requestedAtMs the source's clock when the page was requested
   * @throws {SourceContractError} if the record is not JSON: then the page is not JSON either
   */
  async write(record: RawRecord, position: number, requestedAtMs: number): Promise<Accepted> {
    if (record.cut) {
      const indicatorId = leadingId(record.text);
      this.#setAside(
        record,
        `larger than TC_MAX_BODY: ${record.bytes} bytes`,
        position,
        indicatorId,
      );
      return { indicatorId, lastModifiedMs: null, isCut: false };
    }
    const mapped = this.#map(record, position, { ...this.#run, requestedAtMs });
    if (mapped.kind === 'unmappable') {
      const { reason, indicatorId } = mapped;
      this.#setAside(record, reason, position, indicatorId);
      return { indicatorId, lastModifiedMs: null, isCut: false };
    }
    const isEnding = this.#isEnding(mapped);
    const isCut = mapped.isCut && !isEnding; // a tombstone has no lists
    if (isCut) return toAccepted(mapped, true);
    const draft = toDraft(mapped, record, position, requestedAtMs);
    await this.#admit(draft);
    await (isEnding ? this.#addInactive(draft) : this.#bulk.add(draft));
    return toAccepted(mapped, false);
  }

  /** Takes the room without waiting: the caller holds some of it already. */
  async writeWhole(record: WholeRecord, position: number): Promise<Accepted> {
    if (record.cut) return this.write(record, position, record.requestedAtMs);
    const { requestedAtMs, notes } = record;
    const mapped = this.#map(record, position, { ...this.#run, requestedAtMs, notes });
    if (mapped.kind === 'document') {
      const draft = toDraft(mapped, record, position, requestedAtMs);
      this.#held += draft.heldBytes;
      this.#deps.inFlight.hold().take(draft.heldBytes);
      await (this.#isEnding(mapped) ? this.#addInactive(draft) : this.#bulk.add(draft));
      return toAccepted(mapped, false);
    }
    this.#setAside(record, mapped.reason, position, mapped.indicatorId);
    return { indicatorId: mapped.indicatorId, lastModifiedMs: null, isCut: false };
  }

  reject(record: RawRecord, reason: string, position: number): void {
    this.#setAside(record, reason, position, leadingId(record.text));
  }

  rejectUnseen(reason: string, position: number): void {
    this.#rejects.push({ reason, indicatorId: null, position, text: '', bytes: 0 });
  }

  leaveOut(): void {
    this.#left += 1;
  }

  #setAside(
    { text, bytes }: RawRecord,
    reason: string,
    position: number,
    indicatorId: string | null,
  ): void {
    this.#rejects.push({ reason, indicatorId, position, text, bytes });
  }

  /** Waits until there is room for the record. */
  async #admit({ heldBytes }: Draft): Promise<void> {
    const { inFlight } = this.#deps;
    if (!inFlight.tryTake(heldBytes)) {
      await this.#bulk.flush();
      await this.#endInactive();
      await inFlight.take(heldBytes, this.#signal);
    }
    this.#held += heldBytes;
  }

  #isEnding({ isInactive }: MappedDocument): boolean {
    return isInactive && endsInactive(this.#deps.settings);
  }

  async #addInactive(draft: Draft): Promise<void> {
    this.#inactive.push(draft);
    if (this.#inactive.length === INACTIVE_MAX) await this.#endInactive();
  }

  /** Writes the tombstones of the inactive records that are known. */
  async #endInactive(): Promise<void> {
    const inactive = this.#inactive;
    if (inactive.length === 0) return;
    this.#inactive = [];
    const tombstones = await toTombstones(this.#deps, this.#run, inactive, this.#signal);
    const bulk = new BulkWriter<Draft>(this.#deps.sink, {
      ...this.#options,
      onSettled: () => undefined,
    });
    for (const tombstone of tombstones) await bulk.add(tombstone);
    // 409: an earlier attempt of this run has written it
    const { created, duplicate, rejects } = await bulk.finish();
    this.#endedCount += created + duplicate;
    this.#inactiveCount += inactive.length - tombstones.length;
    this.#setAsideRefused(rejects);
    this.#giveBack(inactive.reduce((sum, { heldBytes }) => sum + heldBytes, 0));
  }

  #giveBack(bytes: number): void {
    this.#held -= bytes;
    this.#deps.inFlight.giveBack(bytes);
  }

  async #finish(): Promise<Written> {
    const { created, duplicate, rejects } = await this.#bulk.finish();
    this.#setAsideRefused(rejects);
    await this.#endInactive();
    return {
      created,
      duplicate: duplicate + this.#left,
      rejects: this.#rejects,
      ended: this.#endedCount,
      inactive: this.#inactiveCount,
    };
  }

  #setAsideRefused(refused: readonly { document: Draft; reason: string }[]): void {
    for (const { document, reason } of refused) {
      const { indicatorId, record } = document;
      this.#rejects.push({ reason, indicatorId, ...record });
    }
  }

  #map(record: RawRecord, position: number, reading: Reading) {
    try {
      return mapRecord(record.text, record.plainNumbers, this.#deps.settings, reading);
    } catch (error) {
      // if the text of a record is not JSON, the page is not JSON, although its braces match
      if (!(error instanceof SyntaxError)) throw error;
      throw new SourceContractError(`record ${position} of the page is not JSON`);
    }
  }

  /** 409 says that the document exists, not that it is the newest of its indicator. */
  async #notDuplicates(drafts: readonly Draft[], signal: AbortSignal): Promise<Draft[]> {
    const { sink, settings } = this.#deps;
    const keyOf = ({ indicatorId, version }: Draft) =>
      settings.profile === 'compatible' ? version.eventId : indicatorId;
    const keys = new Set(drafts.flatMap((draft) => keyOf(draft) ?? []));
    const newest = await newestVersions(sink, settings, [...keys], signal);
    return drafts.flatMap((draft) => {
      const again = unlessDuplicate(draft, newest.get(keyOf(draft) ?? '') ?? null, this.#run.runId);
      return again === null ? [] : [{ ...draft, ...again }];
    });
  }
}

function toAccepted({ indicatorId, lastModified }: MappedDocument, isCut: boolean): Accepted {
  const lastModifiedMs = lastModified === null ? null : Date.parse(lastModified);
  return { indicatorId, lastModifiedMs, isCut };
}

function toDraft(
  mapped: MappedDocument,
  { text, bytes }: RawRecord,
  position: number,
  requestedAtMs: number,
): Draft {
  const heldBytes = bytes + Buffer.byteLength(mapped.source);
  return { ...mapped, record: { text, bytes, position }, heldBytes, requestedAtMs };
}
