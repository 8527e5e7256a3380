import type { Client, estypes } from '@elastic/elasticsearch';
import {
  SinkBusyError,
  SinkOverloadedError,
  SinkTooLargeError,
  SinkUnavailableError,
} from '../errors.ts';
import { REAL_WAITING, type Waiting } from '../waiting.ts';
import { BackOff } from './back-off.ts';
import { sortItem } from './bulk-item.ts';
import { atSink } from './sink-error.ts';

export type BulkDocument = {
  /** `_id`: no character that JSON escapes. */
  id: string;
  /** `_source`, serialised once. */
  source: string;
};

export type BulkOutcome<T> = {
  created: number;
  /** Answered 409, and nothing was to be written again. */
  duplicate: number;
  /** Documents that Elasticsearch refuses whatever is done. */
  rejects: { document: T; reason: string }[];
};

export type BulkOptions<T> = {
  /** Data stream. */
  target: string;
  signal: AbortSignal;
  /**
   * Passes the stream's default pipeline by. Elastic's own package has one that maps the raw record of its
   * own collector, and would map a document a second time.
   */
  skipDefaultPipeline?: boolean;
  /**
   * Looks at documents that were answered 409 and returns those that are to be written again, under another
   * `_id`. Without it, 409 is enough.
   */
  resolveConflicts?: (documents: readonly T[]) => Promise<T[]>;
  /** Told of documents that are settled and no longer held. */
  onSettled?: (documents: readonly T[]) => void;
  waiting?: Waiting;
};

// Elasticsearch's own advice is to experiment from 5–15 MB; proxies cut bodies at 10 MB
const CHUNK_BYTES_MAX = 5 * 1024 * 1024;
const CHUNK_DOCUMENTS_MAX = 1_000;
const NEWLINE = 0x0a;

/** `http.max_content_length` as Elasticsearch comes, less the action's line. Above it the connection breaks. */
export const DOCUMENT_BYTES_MAX = 100 * 1024 * 1024 - 1_024;

/** The documents that Elasticsearch had no room for, and the error of one of them. */
type Answered<T> = { again: readonly T[]; error: Error | null };

/**
 * Collects documents and sends them as bulk requests of op type `create`, the only one that a data stream
 * takes. `add` waits while a request is under way, so no more than one chunk is held.
 *
 *     add ─► chunk ─► request ─┬─ 201 ─► created
 *              ▲               ├─ 409 ─► resolveConflicts ─► duplicate, or again under another _id
 *              │               ├─ 400 ─► reject
 *              └── back off ◄──┴─ 429, 503: only the items concerned
 *                  in halves ◄─── 413
 *
 * Nothing is sent once the signal is aborted.
 */
export class BulkWriter<T extends BulkDocument> {
  readonly #sink: Client;
  readonly #options: BulkOptions<T>;
  readonly #waiting: Waiting;
  readonly #outcome: BulkOutcome<T> = { created: 0, duplicate: 0, rejects: [] };
  #added = 0;
  #chunk: T[] = [];
  #chunkBytes = 0;

  constructor(sink: Client, options: BulkOptions<T>) {
    this.#sink = sink;
    this.#options = options;
    this.#waiting = options.waiting ?? REAL_WAITING;
  }

  async add(document: T): Promise<void> {
    this.#added += 1;
    const bytes = Buffer.byteLength(document.source);
    if (bytes > DOCUMENT_BYTES_MAX) {
      this.#reject(document, `larger than ${DOCUMENT_BYTES_MAX} bytes`);
      this.#options.onSettled?.([document]);
      return;
    }
    if (this.#chunkBytes + bytes > CHUNK_BYTES_MAX) await this.flush();
    this.#chunk.push(document);
    this.#chunkBytes += bytes;
    if (this.#chunk.length === CHUNK_DOCUMENTS_MAX) await this.flush();
  }

  /** Sends what is left. Every document that was added is then in the outcome exactly once. */
  async finish(): Promise<BulkOutcome<T>> {
    await this.flush();
    const { created, duplicate, rejects } = this.#outcome;
    const settled = created + duplicate + rejects.length;
    if (settled !== this.#added) {
      throw new Error(`${this.#added} documents added, but ${settled} accounted for`);
    }
    return this.#outcome;
  }

  /** Sends what is held. */
  async flush(): Promise<void> {
    const chunk = this.#chunk;
    if (chunk.length === 0) return;
    this.#chunk = [];
    this.#chunkBytes = 0;
    const conflicts = await this.#write(chunk);
    const again =
      conflicts.length === 0 ? [] : ((await this.#options.resolveConflicts?.(conflicts)) ?? []);
    // a conflict of the second time: an earlier attempt of the same run has written it
    const written = again.length === 0 ? [] : await this.#write(again);
    this.#outcome.duplicate += conflicts.length - again.length + written.length;
    this.#options.onSettled?.(chunk);
  }

  /**
   * Sends documents until each is created, rejected or in conflict.
   * @returns those in conflict
   */
  async #write(documents: readonly T[]): Promise<T[]> {
    const conflicts: T[] = [];
    const backOff = new BackOff(this.#waiting, this.#options.signal);
    let waiting = documents;
    while (waiting.length > 0) {
      const answered = await this.#tryRequest(waiting, conflicts);
      if (answered === 'too large') {
        conflicts.push(...(await this.#writeHalves(waiting)));
        return conflicts;
      }
      waiting = answered.again;
      if (answered.error !== null) await backOff.wait(answered.error);
    }
    return conflicts;
  }

  /** As {@link #request}, with the refusals of a whole request that a smaller or a later one gets over. */
  async #tryRequest(documents: readonly T[], conflicts: T[]): Promise<Answered<T> | 'too large'> {
    try {
      return await this.#request(documents, conflicts);
    } catch (error) {
      if (error instanceof SinkTooLargeError) return 'too large';
      if (error instanceof SinkOverloadedError || error instanceof SinkBusyError) {
        return { again: documents, error };
      }
      throw error;
    }
  }

  /** What is too large for somebody on the way is sent in halves. */
  async #writeHalves(documents: readonly T[]): Promise<T[]> {
    const [only] = documents;
    if (documents.length === 1 && only !== undefined) {
      this.#reject(only, 'larger than Elasticsearch or a proxy takes (413)');
      return [];
    }
    const half = Math.ceil(documents.length / 2);
    const conflicts = await this.#write(documents.slice(0, half));
    return [...conflicts, ...(await this.#write(documents.slice(half)))];
  }

  /**
   * Sends one request and sorts its items.
   * @param conflicts takes the documents that were answered 409
   */
  async #request(documents: readonly T[], conflicts: T[]): Promise<Answered<T>> {
    const { target } = this.#options;
    const what = `POST ${target}/_bulk`;
    const items = await this.#ask(what, documents);
    const again: T[] = [];
    let error: Error | null = null;
    let failure: Error | null = null;
    documents.forEach((document, index) => {
      const outcome = sortItem(what, items[index] as estypes.BulkResponseItem);
      if (outcome.kind === 'created') this.#outcome.created += 1;
      else if (outcome.kind === 'conflict') conflicts.push(document);
      else if (outcome.kind === 'rejected') this.#reject(document, outcome.reason);
      else if (outcome.kind === 'again') {
        again.push(document);
        ({ error } = outcome);
      } else failure = outcome.error;
    });
    if (failure !== null) throw failure;
    return { again, error };
  }

  async #ask(what: string, documents: readonly T[]): Promise<estypes.BulkResponseItem[]> {
    const { target, signal, skipDefaultPipeline = false } = this.#options;
    signal.throwIfAborted();
    const answer = await atSink(what, signal, () =>
      this.#sink.transport.request<Pick<estypes.BulkResponse, 'items'>>(
        {
          method: 'POST',
          path: `/${target}/_bulk`,
          querystring: {
            require_data_stream: true,
            ...(skipDefaultPipeline ? { pipeline: '_none' } : {}),
            filter_path: ['items.*.status', 'items.*.error.type', 'items.*.failure_store'],
          },
          bulkBody: toBody(documents),
        },
        { signal },
      ),
    );
    const items = (answer.items ?? []).flatMap(({ create }) => create ?? []);
    if (items.length !== documents.length) {
      throw new SinkUnavailableError(
        `${what}: ${items.length} answers to ${documents.length} documents`,
      );
    }
    return items;
  }

  #reject(document: T, reason: string): void {
    this.#outcome.rejects.push({ document, reason });
  }
}

/**
 * Encodes each line by itself. The client's `bulk` makes one string of them, where one letter beyond Latin-1
 * doubles all the others: 12 µs a document of 2 kB instead of 1.
 */
function toBody(documents: readonly BulkDocument[]): Buffer {
  const lines = documents.flatMap(({ id, source }) => [`{"create":{"_id":"${id}"}}`, source]);
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  const body = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const line of lines) at = body.writeUInt8(NEWLINE, at + body.write(line, at));
  return body;
}
