import type { Client, estypes } from '@elastic/elasticsearch';
import {
  SinkMisconfiguredError,
  SinkOverloadedError,
  SinkTooLargeError,
  SinkUnauthorizedError,
  SinkUnavailableError,
} from '../errors.ts';
import { atSink } from './sink-error.ts';

export type BulkDocument = {
  /** `_id`. */
  id: string;
  /** ThreatConnect's id, for messages. */
  indicatorId: string;
  /** `_source`, serialised once. */
  source: string;
};

/** A document that Elasticsearch refuses whatever is done; the reason is the type of its error. */
export type BulkReject = { indicatorId: string; reason: string };

export type BulkOutcome = {
  created: number;
  /** Answered 409: the same `_id` is there. */
  duplicate: number;
  rejects: BulkReject[];
};

// Elasticsearch's own advice is to experiment from 5–15 MB; proxies cut bodies at 10 MB
const CHUNK_BYTES_MAX = 5 * 1024 * 1024;
const CHUNK_DOCUMENTS_MAX = 1_000;

/**
 * Errors for which the document itself is to blame. Any other refusal, a closed index among them, meets the
 * next document as well and is no reason to leave one out.
 */
const DOCUMENT_FAULTS = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception', // its older name
  'strict_dynamic_mapping_exception',
  'illegal_argument_exception', // an immense term, too many fields
]);

/**
 * Collects documents and sends them as bulk requests of op type `create`, the only one that a data stream
 * takes. `add` waits while a request is under way, so no more than one chunk is held.
 */
export class BulkWriter {
  readonly #sink: Client;
  readonly #target: string;
  readonly #signal: AbortSignal;
  readonly #outcome: BulkOutcome = { created: 0, duplicate: 0, rejects: [] };
  #chunk: BulkDocument[] = [];
  #chunkBytes = 0;

  constructor(sink: Client, target: string, signal: AbortSignal) {
    this.#sink = sink;
    this.#target = target;
    this.#signal = signal;
  }

  async add(document: BulkDocument): Promise<void> {
    const bytes = Buffer.byteLength(document.source);
    if (this.#chunk.length > 0 && this.#chunkBytes + bytes > CHUNK_BYTES_MAX) await this.#send();
    this.#chunk.push(document);
    this.#chunkBytes += bytes;
    if (this.#chunk.length === CHUNK_DOCUMENTS_MAX) await this.#send();
  }

  /** Sends what is left. Every document that was added is then in the outcome once. */
  async finish(): Promise<BulkOutcome> {
    if (this.#chunk.length > 0) await this.#send();
    return this.#outcome;
  }

  async #send(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = [];
    this.#chunkBytes = 0;
    await this.#sendChunk(chunk);
  }

  /** A chunk that is too large for somebody on the way is sent in halves. */
  async #sendChunk(chunk: readonly BulkDocument[]): Promise<void> {
    try {
      await this.#request(chunk);
    } catch (error) {
      if (!(error instanceof SinkTooLargeError)) throw error;
      const [only] = chunk;
      if (chunk.length === 1 && only !== undefined) {
        this.#reject(only, 'larger than Elasticsearch or a proxy takes (413)');
        return;
      }
      const half = Math.ceil(chunk.length / 2);
      await this.#sendChunk(chunk.slice(0, half));
      await this.#sendChunk(chunk.slice(half));
    }
  }

  async #request(chunk: readonly BulkDocument[]): Promise<void> {
    this.#signal.throwIfAborted();
    const what = `POST ${this.#target}/_bulk`;
    const answer = await atSink(what, this.#signal, () =>
      this.#sink.bulk(
        {
          index: this.#target,
          require_data_stream: true,
          operations: chunk.flatMap(({ id, source }) => [`{"create":{"_id":"${id}"}}`, source]),
          filter_path: ['items.*.status', 'items.*.error.type', 'items.*.failure_store'],
        },
        { signal: this.#signal },
      ),
    );
    const items = answer.items ?? [];
    if (items.length !== chunk.length) {
      throw new SinkUnavailableError(
        `${what}: ${items.length} answers to ${chunk.length} documents`,
      );
    }
    chunk.forEach((document, index) => {
      this.#sort(what, document, items[index]?.create);
    });
  }

  /** What one item's answer means. Whatever a later attempt can mend fails the attempt. */
  #sort(what: string, document: BulkDocument, item: estypes.BulkResponseItem | undefined): void {
    const status = item?.status ?? 0;
    const reason = item?.error?.type ?? '(no reason given)';
    const message = `${what}: ${status} ${reason} for indicator ${document.indicatorId}`;
    if (status === 201) {
      // the failure store took what the mapping refused, and says "created"
      if (item?.failure_store === 'used') this.#reject(document, 'sent to the failure store');
      else this.#outcome.created += 1;
    } else if (status === 409) this.#outcome.duplicate += 1;
    else if (status === 429) throw new SinkOverloadedError(message, null);
    else if (status === 401 || status === 403) throw new SinkUnauthorizedError(message);
    else if (status === 404) throw new SinkMisconfiguredError(message);
    else if (DOCUMENT_FAULTS.has(reason)) this.#reject(document, `${status} ${reason}`);
    else if (status >= 400 && status < 500) throw new SinkMisconfiguredError(message);
    else throw new SinkUnavailableError(message);
  }

  #reject({ indicatorId }: BulkDocument, reason: string): void {
    this.#outcome.rejects.push({ indicatorId, reason });
  }
}
