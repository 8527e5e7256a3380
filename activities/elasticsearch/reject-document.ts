import { hash } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import {
  REJECT_TEXT_CHARACTERS,
  type Reject,
  type RejectRange,
  type RejectState,
} from '../../contracts/reject.ts';
import { documentId } from '../../mapping/content-fingerprint.ts';
import { describeRecord } from '../../mapping/describe-record.ts';
import type { BulkDocument } from './bulk-request.ts';
import { parseStored } from './parse-stored.ts';

/** A record that must be set aside. */
export type Rejected = {
  reason: string;
  indicatorId: string | null;
  position: number;
  /** The record as the source sent it, or its beginning. */
  text: string;
  /** Size of the whole record. */
  bytes: number;
  /** The range of ids in which it stands, if its own id is not known. */
  range?: RejectRange;
};

export type RejectedReading = { feed: string; runId: string; requestedAtMs: number };

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
      text: z.string().default(''),
      text_bytes: z.number(),
      state: z.enum(['open', 'written', 'gone', 'inactive']),
    }),
  }),
});

/** The stored form. Its `_id` depends on the record only, not on the reason or the day. */
export type RejectDocument = ReturnType<typeof toRejectDocument>;

export function toRejectDocument(
  namespace: string,
  { reason, indicatorId, position, text, bytes, range }: Rejected,
  { feed, runId, requestedAtMs }: RejectedReading,
) {
  const readAt = new Date(requestedAtMs).toISOString();
  const { owner, type, summary, lastModified } = describeRecord(text);
  // a record that never came is known by its place only
  const gap = range === undefined ? `${runId} ${position}` : `${range.afterId}–${range.beforeId}`;
  const place = text === '' ? gap : hash('sha256', text);
  const named = summary === null ? place : [owner, type, summary].join('\n');
  const id = documentId([feed, indicatorId ?? '', indicatorId === null ? named : '']);
  const source = {
    '@timestamp': readAt,
    data_stream: { type: 'logs', dataset: 'tcsync.reject', namespace: namespace },
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
        text: text.slice(0, REJECT_TEXT_CHARACTERS).toWellFormed() as string | undefined,
        text_bytes: bytes,
      },
    },
  };
  return { id, source };
}

/** A reject without the texts of the record: they may be what Elasticsearch refuses. */
export function withoutText({ id, source }: RejectDocument): RejectDocument {
  const { tcsync } = source;
  const reject = { ...tcsync.reject, summary: undefined, text: undefined };
  return { id, source: { ...source, tcsync: { ...tcsync, reject } } };
}

export function toBulk({ id, source }: RejectDocument): BulkDocument {
  return { id, source: JSON.stringify(source) };
}

export function toReject({ _index: index, _id: id, _source: source }: estypes.SearchHit): Reject {
  const stored = { where: `${index}/_doc/${id}`, loss: 'its record is no longer listed' };
  const { '@timestamp': readAt, tcsync } = parseStored(Stored, source, stored);
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
