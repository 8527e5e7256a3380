import type { Client } from '@elastic/elasticsearch';
import type { BulkDocument } from './bulk-request.ts';
import { Delivery, type Delivered, type DeliveryOptions } from './delivery.ts';

export type BulkOutcome<T> = {
  created: number;
  /** Answered with 409, and not to be written again. */
  duplicate: number;
  /** Documents that are set aside. */
  rejects: Delivered<T>['rejects'];
};

export type BulkOptions<T> = DeliveryOptions & {
  /**
   * Looks at documents that were answered with 409 and returns those that must be written again, under another `_id`.
   * Without this function, none is.
   */
  resolveConflicts?: (documents: readonly T[]) => Promise<T[]>;
  /** Called with documents that are settled and no longer held. */
  onSettled?: (documents: readonly T[]) => void;
};

// Elasticsearch's own advice is to experiment from 5–15 MB; proxies cut bodies at 10 MB
const CHUNK_BYTES_MAX = 5 * 1024 * 1024;
const CHUNK_DOCUMENTS_MAX = 1_000;

/** Default of `http.max_content_length`, minus the action line. Above it Elasticsearch breaks the connection. */
export const DOCUMENT_BYTES_MAX = 100 * 1024 * 1024 - 1_024;

/**
 * Collects documents and sends them as bulk requests of op type `create`, the only one that a data stream accepts.
 * `add` waits while a request is under way, so that no more than one chunk is held.
 *
 *     add ─► chunk ─► Delivery ─┬─► created
 *              ▲                ├─► set aside
 *              │                └─► 409 ─► resolveConflicts ─► duplicate
 *              └── under another _id ◄──────────────┘
 *
 * Nothing is sent after the signal is aborted.
 */
export class BulkWriter<T extends BulkDocument> {
  readonly #options: BulkOptions<T>;
  readonly #delivery: Delivery<T>;
  readonly #outcome: BulkOutcome<T> = { created: 0, duplicate: 0, rejects: [] };
  #added = 0;
  #chunk: T[] = [];
  #chunkBytes = 0;

  constructor(sink: Client, options: BulkOptions<T>) {
    this.#options = options;
    this.#delivery = new Delivery(sink, options);
  }

  async add(document: T): Promise<void> {
    this.#added += 1;
    const bytes = Buffer.byteLength(document.source);
    if (bytes > DOCUMENT_BYTES_MAX) {
      const reason = `larger than ${DOCUMENT_BYTES_MAX} bytes`;
      this.#outcome.rejects.push({ document, reason });
      this.#options.onSettled?.([document]);
      return;
    }
    if (this.#chunkBytes + bytes > CHUNK_BYTES_MAX) await this.flush();
    this.#chunk.push(document);
    this.#chunkBytes += bytes;
    if (this.#chunk.length === CHUNK_DOCUMENTS_MAX) await this.flush();
  }

  /** Sends the rest. Every added document is then in the outcome exactly once. */
  async finish(): Promise<BulkOutcome<T>> {
    await this.flush();
    const { created, duplicate, rejects } = this.#outcome;
    const settled = created + duplicate + rejects.length;
    if (settled !== this.#added) {
      throw new Error(`${this.#added} documents added, but ${settled} accounted for`);
    }
    return this.#outcome;
  }

  /** Sends the documents that are held. */
  async flush(): Promise<void> {
    const chunk = this.#chunk;
    if (chunk.length === 0) return;
    this.#chunk = [];
    this.#chunkBytes = 0;
    const conflicts = await this.#write(chunk);
    const again =
      conflicts.length === 0 ? [] : ((await this.#options.resolveConflicts?.(conflicts)) ?? []);
    // a second conflict: an earlier attempt of the same run has written the document
    const written = again.length === 0 ? [] : await this.#write(again);
    this.#outcome.duplicate += conflicts.length - again.length + written.length;
    this.#options.onSettled?.(chunk);
  }

  /** @returns the documents in conflict */
  async #write(documents: readonly T[]): Promise<T[]> {
    const { created, conflicts, rejects } = await this.#delivery.deliver(documents);
    this.#outcome.created += created;
    this.#outcome.rejects.push(...rejects);
    return conflicts;
  }
}
