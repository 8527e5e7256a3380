import { dataStream } from '../contracts/names.ts';
import { mapRecord, type MappedDocument } from '../mapping/map-record.ts';
import { toWriteAgain } from '../mapping/write-again.ts';
import type { Deps } from './deps.ts';
import { BulkWriter } from './elasticsearch/bulk-writer.ts';
import { newestVersions } from './elasticsearch/newest-versions.ts';
import type { Rejected } from './elasticsearch/reject-store.ts';
import { SourceContractError } from './errors.ts';
import type { RawRecord } from './threatconnect/record-scanner.ts';

/** What became of the records: `created + duplicate + rejects` is every record that was written. */
export type Written = { created: number; duplicate: number; rejects: Rejected[] };

/** What is known of a record at once, before it is stored. */
export type Accepted = {
  /** ThreatConnect's id, exact digits; `null` where the record has none. */
  indicatorId: string | null;
  /** Epoch milliseconds; `null` where the record has no date there. */
  lastModifiedMs: number | null;
};

/** A document and the record that it came from. */
type Draft = MappedDocument & { record: { text: string; bytes: number; position: number } };

/** An id at the beginning of a record, where ThreatConnect puts it. */
const LEADING_ID = /^\{\s*"id"\s*:\s*(0|[1-9]\d*)\s*[,}]/;

/**
 * Maps records and writes them to the data stream. A record that cannot become a document is set aside and
 * the others go on.
 */
export class RecordWriter {
  readonly #deps: Deps;
  readonly #run: { feed: string; runId: string };
  readonly #bulk: BulkWriter<Draft>;
  readonly #rejects: Rejected[] = [];

  constructor(deps: Deps, run: { feed: string; runId: string }, signal: AbortSignal) {
    const { sink, settings } = deps;
    this.#deps = deps;
    this.#run = run;
    this.#bulk = new BulkWriter<Draft>(sink, {
      target: dataStream(settings.namespace),
      signal,
      skipDefaultPipeline: settings.assets === 'feed-only',
      resolveConflicts: (drafts) => this.#toWriteAgain(drafts, signal),
    });
  }

  /**
   * @param position of the record on its page, from 1
   * @param requestedAtMs the source's clock when the page was asked for
   * @throws {SourceContractError} where the record is no JSON: then the page is none either
   */
  async write(record: RawRecord, position: number, requestedAtMs: number): Promise<Accepted> {
    const { text, bytes } = record;
    if (record.cut) {
      const reason = `larger than TC_MAX_BODY: ${bytes} bytes`;
      const indicatorId = LEADING_ID.exec(text)?.[1] ?? null;
      this.#rejects.push({ reason, indicatorId, position, text, bytes });
      return { indicatorId, lastModifiedMs: null };
    }
    const mapped = this.#map(record, position, requestedAtMs);
    if (mapped.kind === 'unmappable') {
      const { reason, indicatorId } = mapped;
      this.#rejects.push({ reason, indicatorId, position, text, bytes });
      return { indicatorId, lastModifiedMs: null };
    }
    await this.#bulk.add({ ...mapped, record: { text, bytes, position } });
    const { indicatorId, lastModified } = mapped;
    return { indicatorId, lastModifiedMs: lastModified === null ? null : Date.parse(lastModified) };
  }

  async finish(): Promise<Written> {
    const { created, duplicate, rejects } = await this.#bulk.finish();
    for (const { document, reason } of rejects) {
      const { indicatorId, record } = document;
      this.#rejects.push({ reason, indicatorId, ...record });
    }
    return { created, duplicate, rejects: this.#rejects };
  }

  #map(record: RawRecord, position: number, requestedAtMs: number) {
    try {
      return mapRecord(record.text, record.plainNumbers, this.#deps.settings, {
        ...this.#run,
        requestedAtMs,
      });
    } catch (error) {
      // a record whose text is not JSON makes the page no JSON, although its braces match
      if (!(error instanceof SyntaxError)) throw error;
      throw new SourceContractError(`record ${position} of the page is not JSON`);
    }
  }

  /** 409 says that a document is there, not that it is the newest of its indicator. */
  async #toWriteAgain(drafts: readonly Draft[], signal: AbortSignal): Promise<Draft[]> {
    const { sink, settings } = this.#deps;
    const keyOf = ({ indicatorId, version }: Draft) =>
      settings.profile === 'compatible' ? version.eventId : indicatorId;
    const keys = new Set(drafts.flatMap((draft) => keyOf(draft) ?? []));
    const newest = await newestVersions(sink, settings, [...keys], signal);
    return drafts.flatMap((draft) => {
      const again = toWriteAgain(draft, newest.get(keyOf(draft) ?? '') ?? null, this.#run.runId);
      return again === null ? [] : [{ ...draft, ...again }];
    });
  }
}
