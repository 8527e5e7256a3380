import { hash } from 'node:crypto';
import type { Client, estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import { rejectStream } from '../../contracts/names.ts';
import {
  REJECT_TEXT_CHARACTERS,
  type Position,
  type Reject,
  type RejectRange,
  type RejectState,
} from '../../contracts/reject.ts';
import { documentId } from '../../mapping/content-fingerprint.ts';
import { describeRecord } from '../../mapping/describe-record.ts';
import { SinkMisconfiguredError } from '../errors.ts';
import { BulkWriter } from './bulk-writer.ts';
import { atSink } from './sink-error.ts';

/** A record that is to be set aside. */
export type Rejected = {
  reason: string;
  indicatorId: string | null;
  position: number;
  /** The record as the source sent it, or its beginning. */
  text: string;
  /** Size of the whole record. */
  bytes: number;
  /** Where it stands, if its id is not known. */
  range?: RejectRange;
};

export type RejectQuery = {
  feed: string | null;
  /** `null`: in any state. */
  state: RejectState | null;
  /** At most 10,000. */
  size: number;
  /** What an earlier answer gave as `next`. */
  after: Position | null;
};

const Stored = z.object({
  '@timestamp': z.string(),
  tcsync: z.object({
    feed: z.string(),
    run_id: z.string(),
    reject: z.object({
      reason: z.string(),
      indicator_id: z.string().optional(),
      position: z.number().optional(),
      owner: z.string().optional(),
      type: z.string().optional(),
      summary: z.string().optional(),
      last_modified: z.string().optional(),
      range: z
        .object({
          from: z.string().optional(),
          to: z.string(),
          owner_ids: z.array(z.string()).optional(),
          after_id: z.string().optional(),
          before_id: z.string().optional(),
        })
        .optional(),
      text: z.string(),
      text_bytes: z.number(),
      state: z.enum(['open', 'written', 'gone']),
    }),
  }),
});

/** Keeps the records that could not become documents, with their reasons. */
export class RejectStore {
  readonly #sink: Client;
  readonly #namespace: string;
  readonly #stream: string;

  constructor(sink: Client, namespace: string) {
    this.#sink = sink;
    this.#namespace = namespace;
    this.#stream = rejectStream(namespace);
  }

  /**
   * Stores rejects. Safe to repeat: a reject's `_id` comes from the record, its reason and the day.
   * @throws {SinkMisconfiguredError} where Elasticsearch refuses one of them too: it would be lost
   */
  async save(
    rejects: readonly Rejected[],
    reading: { feed: string; runId: string; requestedAtMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    if (rejects.length === 0) return;
    const writer = new BulkWriter(this.#sink, { target: this.#stream, signal });
    for (const reject of rejects) await writer.add(this.#toDocument(reject, reading));
    const { rejects: refused } = await writer.finish();
    const [first] = refused;
    if (first === undefined) return;
    throw new SinkMisconfiguredError(
      `${this.#stream} refuses ${refused.length} of ${rejects.length} rejects: ${first.reason}`,
    );
  }

  /** Rejects, the newest first. */
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

  /** Those of some rejects that there are. */
  async get(ids: readonly string[], signal: AbortSignal): Promise<Reject[]> {
    return (await this.#find(ids, signal)).map(toReject);
  }

  /** Which of some indicators are set aside, and nothing has come of it yet. */
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

  /** Notes what became of a reject. */
  async settle(ids: readonly string[], state: RejectState, signal: AbortSignal): Promise<void> {
    if (ids.length === 0) return;
    const found = await this.#find(ids, signal);
    // documents of a data stream change only in their backing index
    const what = `POST ${this.#stream}/_bulk`;
    const answer = await atSink(what, signal, () =>
      this.#sink.bulk(
        {
          operations: found.flatMap(({ _index, _id }) => [
            { update: { _index, _id } },
            { doc: { tcsync: { reject: { state } } } },
          ]),
          filter_path: ['items.*.status', 'items.*.error.type'],
        },
        { signal },
      ),
    );
    const failed = (answer.items ?? []).find(({ update }) => (update?.status ?? 0) >= 300)?.update;
    if (failed === undefined) return;
    throw new SinkMisconfiguredError(`${what}: ${failed.status} ${failed.error?.type ?? ''}`);
  }

  /** The same id may stand in two backing indices. */
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
          ignore_unavailable: true, // made by the first reject
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

  #toDocument(
    { reason, indicatorId, position, text, bytes, range }: Rejected,
    { feed, runId, requestedAtMs }: { feed: string; runId: string; requestedAtMs: number },
  ): { id: string; source: string } {
    const readAt = new Date(requestedAtMs).toISOString();
    const { owner, type, summary, lastModified } = describeRecord(text);
    const parts = [feed, indicatorId ?? '', reason, readAt.slice(0, 10), hash('sha256', text)];
    const id = documentId(parts);
    const source = {
      '@timestamp': readAt,
      data_stream: { type: 'logs', dataset: 'tcsync.reject', namespace: this.#namespace },
      tcsync: {
        feed,
        run_id: runId,
        reject: {
          id,
          state: 'open' satisfies RejectState,
          reason,
          indicator_id: indicatorId ?? undefined,
          position,
          owner: owner ?? undefined,
          type: type ?? undefined,
          summary: summary ?? undefined,
          last_modified: lastModified ?? undefined,
          range: range && {
            from: range.from ?? undefined,
            to: range.to,
            owner_ids: range.ownerIds ?? undefined,
            after_id: range.afterId ?? undefined,
            before_id: range.beforeId ?? undefined,
          },
          text: text.slice(0, REJECT_TEXT_CHARACTERS).toWellFormed(),
          text_bytes: bytes,
        },
      },
    };
    return { id, source: JSON.stringify(source) };
  }
}

function toReject({ _id: id, _source: source }: estypes.SearchHit): Reject {
  const { '@timestamp': readAt, tcsync } = Stored.parse(source);
  const { reject } = tcsync;
  return {
    id: id ?? '',
    feed: tcsync.feed,
    runId: tcsync.run_id,
    readAt,
    reason: reject.reason,
    indicatorId: reject.indicator_id ?? null,
    position: reject.position ?? null,
    owner: reject.owner ?? null,
    type: reject.type ?? null,
    summary: reject.summary ?? null,
    lastModified: reject.last_modified ?? null,
    range: toRange(reject.range),
    text: reject.text,
    textBytes: reject.text_bytes,
    state: reject.state,
  };
}

function toRange(stored: z.infer<typeof Stored>['tcsync']['reject']['range']): RejectRange | null {
  if (stored === undefined) return null;
  const { from, to, owner_ids: ownerIds, after_id: afterId, before_id: beforeId } = stored;
  return {
    from: from ?? null,
    to,
    ownerIds: ownerIds ?? null,
    afterId: afterId ?? null,
    beforeId: beforeId ?? null,
  };
}
