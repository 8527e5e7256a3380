import type { Client, estypes } from '@elastic/elasticsearch';
import { rejectStream } from '../../contracts/names.ts';
import type { Position, Reject, RejectState } from '../../contracts/reject.ts';
import { SinkMisconfiguredError, SinkUnavailableError } from '../../contracts/errors.ts';
import { REAL_WAITING, type Waiting } from '../attempt/waiting.ts';
import { sortItem } from './bulk-item.ts';
import { BulkWriter } from './bulk-writer.ts';
import {
  toBulk,
  toReject,
  toRejectDocument,
  withoutText,
  type RejectDocument,
  type Rejected,
  type RejectedReading,
} from './reject-document.ts';
import { atSink } from './sink-error.ts';

export type RejectQuery = {
  feed: string | null;
  /** `null` for any state. */
  state: RejectState | null;
  /** At most 10,000. */
  size: number;
  /** `next` of an earlier answer. */
  after: Position | null;
};

const CHANGES_AT_ONCE = 100; // with up to 32 KiB of text each

/** Keeps the records that could not become documents, with their reasons. */
export class RejectStore {
  readonly #sink: Client;
  readonly #namespace: string;
  readonly #stream: string;
  readonly #waiting: Waiting;

  constructor(sink: Client, namespace: string, waiting = REAL_WAITING) {
    this.#sink = sink;
    this.#waiting = waiting;
    this.#namespace = namespace;
    this.#stream = rejectStream(namespace);
  }

  /**
   * Stores one reject per record. If the record has a reject already, from whatever day, it is updated and is open
   * again. Safe to repeat. If Elasticsearch refuses the reject, its text may be the reason, so the reject is stored
   * without the text.
   *
   * @throws {SinkMisconfiguredError} if Elasticsearch refuses that too: the reject would be lost
   */
  async save(
    rejects: readonly Rejected[],
    reading: RejectedReading,
    signal: AbortSignal,
  ): Promise<void> {
    if (rejects.length === 0) return;
    const documents = new Map(
      rejects.map((reject) => {
        const document = toRejectDocument(this.#namespace, reject, reading);
        return [document.id, document] as const;
      }),
    );
    const known = await this.#find([...documents.keys()], signal);
    const changes = known.flatMap((hit) => {
      const { _id: id = '' } = hit;
      const document = documents.get(id);
      return document === undefined ? [] : [{ hit, document }];
    });
    for (const { document } of changes) documents.delete(document.id);
    await this.#create([...documents.values()], signal);
    await this.#refresh(changes, signal);
  }

  /** Rejects, newest first. */
  async list(
    { feed, state, size, after }: RejectQuery,
    signal: AbortSignal,
  ): Promise<{ rejects: Reject[]; total: number; next: Position | null }> {
    const filter: estypes.QueryDslQueryContainer[] = [
      ...(feed === null ? [] : [{ term: { 'tcsync.feed': feed } }]),
      ...(state === null ? [] : [{ term: { 'tcsync.reject.state': state } }]),
    ];
    const { hits } = await this.#search({ bool: { filter } }, size, after, signal);
    const last = hits.hits.at(-1);
    return {
      rejects: hits.hits.map(toReject),
      total: typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0),
      next: hits.hits.length < size ? null : ((last?.sort as Position | undefined) ?? null),
    };
  }

  /** The rejects of these ids that exist. */
  async get(ids: readonly string[], signal: AbortSignal): Promise<Reject[]> {
    return (await this.#find(ids, signal)).map(toReject);
  }

  /** The indicators among these that have an open reject. */
  async openAmong(
    feed: string,
    indicatorIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Set<string>> {
    if (indicatorIds.length === 0) return new Set();
    const filter = [
      { term: { 'tcsync.feed': feed } },
      { term: { 'tcsync.reject.state': 'open' satisfies RejectState } },
      { terms: { 'tcsync.reject.indicator_id': [...indicatorIds] } },
    ];
    const { hits } = await this.#search({ bool: { filter } }, 10_000, null, signal);
    return new Set(hits.hits.flatMap((hit) => toReject(hit).indicatorId ?? []));
  }

  /** Rejects of these indicators, in any state, newest first; at most `size`. */
  async about(
    { indicatorIds, summaries }: { indicatorIds: readonly string[]; summaries: readonly string[] },
    size: number,
    signal: AbortSignal,
  ): Promise<Reject[]> {
    const should = [
      { terms: { 'tcsync.reject.indicator_id': [...indicatorIds] } },
      { terms: { 'tcsync.reject.summary': [...summaries] } },
    ];
    const { hits } = await this.#search(
      { bool: { should, minimum_should_match: 1 } },
      size,
      null,
      signal,
    );
    return hits.hits.map(toReject);
  }

  /** Stores the outcome of rejects. */
  async settle(ids: readonly string[], state: RejectState, signal: AbortSignal): Promise<void> {
    if (ids.length === 0) return;
    const source = { tcsync: { reject: { state } } };
    const found = await this.#find(ids, signal);
    await this.#change(
      found.map((hit) => ({ hit, source })),
      signal,
    );
  }

  async #create(documents: readonly RejectDocument[], signal: AbortSignal): Promise<void> {
    const refused = await this.#write(documents, signal);
    const lost = await this.#write(refused.map(withoutText), signal);
    if (lost.length === 0) return;
    throw new SinkMisconfiguredError(
      `${this.#stream} refuses ${lost.length} of ${documents.length} rejects`,
    );
  }

  /** @returns the refused documents */
  async #write(
    documents: readonly RejectDocument[],
    signal: AbortSignal,
  ): Promise<RejectDocument[]> {
    const [first] = documents;
    if (first === undefined) return [];
    const writer = new BulkWriter(this.#sink, {
      target: this.#stream,
      signal,
      waiting: this.#waiting,
      findWitnesses: async () => [toBulk(withoutText(first))],
    });
    const byId = new Map(documents.map((document) => [document.id, document]));
    for (const document of documents) await writer.add(toBulk(document));
    const { rejects } = await writer.finish();
    return rejects.flatMap(({ document }) => byId.get(document.id) ?? []);
  }

  /** If a text is refused, the text that was stored before stays. */
  async #refresh(
    changes: readonly { hit: estypes.SearchHit; document: RejectDocument }[],
    signal: AbortSignal,
  ): Promise<void> {
    const change = (toSource: (document: RejectDocument) => RejectDocument) =>
      this.#change(
        changes.map(({ hit, document }) => ({ hit, source: toSource(document).source })),
        signal,
      );
    try {
      await change((document) => document);
    } catch (error) {
      const mayBeText =
        error instanceof SinkUnavailableError || error instanceof SinkMisconfiguredError;
      if (!mayBeText) throw error;
      await change(withoutText);
    }
  }

  /** A document of a data stream can be changed in its backing index only. */
  async #change(
    changes: readonly { hit: estypes.SearchHit; source: object }[],
    signal: AbortSignal,
  ): Promise<void> {
    const what = `POST ${this.#stream}/_bulk`;
    for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE) {
      const some = changes.slice(at, at + CHANGES_AT_ONCE);
      const answer = await atSink(what, signal, () =>
        this.#sink.bulk(
          {
            operations: some.flatMap(({ hit: { _index, _id }, source }) => [
              { update: { _index, _id, retry_on_conflict: 3 } },
              { doc: source },
            ]),
            filter_path: ['items.*.status', 'items.*.error.type'],
          },
          { signal },
        ),
      );
      for (const { update } of answer.items ?? []) {
        if (update === undefined || update.status < 300) continue;
        const outcome = sortItem(what, update);
        if ('error' in outcome) throw outcome.error;
        throw new SinkMisconfiguredError(`${what}: ${update.status} ${update.error?.type ?? ''}`);
      }
    }
  }

  /** The same id may occur in two backing indices. */
  async #find(ids: readonly string[], signal: AbortSignal): Promise<estypes.SearchHit[]> {
    const query = { ids: { values: [...ids] } };
    return (await this.#search(query, Math.min(ids.length * 2, 10_000), null, signal)).hits.hits;
  }

  #search(
    query: estypes.QueryDslQueryContainer,
    size: number,
    after: Position | null,
    signal: AbortSignal,
  ): Promise<estypes.SearchResponse> {
    return atSink(`POST ${this.#stream}/_search`, signal, () =>
      this.#sink.search(
        {
          index: this.#stream,
          ignore_unavailable: true, // the first reject creates it
          query,
          size,
          sort: [{ '@timestamp': 'desc' }, { 'tcsync.reject.id': 'asc' }],
          ...(after === null ? {} : { search_after: after }),
          track_total_hits: true,
        },
        { signal },
      ),
    );
  }
}
