import type { Client, estypes } from '@elastic/elasticsearch';
import { dataStream, LATEST_ALIAS } from '../../contracts/names.ts';
import type { StoredVersion } from '../../mapping/duplicate.ts';
import { atSink } from './sink-error.ts';

const CREATED = 'event.created';
const HASH = 'event.hash';
const TYPE = 'event.type';
const TIMESTAMP = '@timestamp';
const LAST_MODIFIED = 'threat_connect.indicator.last_modified';
const DELETED_AT = 'threat_connect.indicator.deleted_at';

/**
 * By profile: the field that identifies an indicator in the latest index, and the field by which its newest version is
 * found.
 */
const IDENTITY = {
  enriched: { key: 'threat_connect.indicator.id', newest: CREATED },
  compatible: { key: 'event.id', newest: TIMESTAMP },
} as const;

/**
 * The newest stored version of each indicator, from the data stream or, if the stream no longer holds it, from the
 * latest index. Documents that were written within Elasticsearch's refresh interval cannot be seen.
 *
 * @param keys ids, or summaries in the profile `compatible`; at most 10,000
 */
export async function newestVersions(
  sink: Client,
  { namespace, profile }: { namespace: string; profile: keyof typeof IDENTITY },
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, StoredVersion>> {
  const { key, newest } = IDENTITY[profile];
  const dates = [CREATED, TIMESTAMP, DELETED_AT].map((field) => ({
    field,
    format: 'epoch_millis',
  }));
  const fields = [{ field: HASH }, { field: TYPE }, ...dates];
  const index = [dataStream(namespace), LATEST_ALIAS];
  const asked = { index, key, ids: keys, newest, fields };
  const { hits } = await newestOf(sink, namespace, asked, signal);
  return new Map(
    hits.flatMap((hit) => {
      const found = first(hit, key);
      return found === undefined ? [] : [[found, toStoredVersion(hit)] as const];
    }),
  );
}

/**
 * The greatest `@timestamp` of all stored versions of each indicator, and Elasticsearch's clock, in epoch milliseconds.
 *
 * @param ids at most 10,000
 */
export async function greatestTimestamps(
  sink: Client,
  namespace: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<{ timestampMs: Map<string, number>; sinkNowMs: number }> {
  const { key } = IDENTITY.enriched;
  const index = [dataStream(namespace), LATEST_ALIAS];
  const fields = [{ field: TIMESTAMP, format: 'epoch_millis' }];
  const asked = { index, key, ids, newest: TIMESTAMP, fields };
  const { hits, aggregations } = await newestOf(sink, namespace, asked, signal, CLOCK);
  const buckets = (aggregations?.['clock'] as estypes.AggregationsDateRangeAggregate | undefined)
    ?.buckets as estypes.AggregationsRangeBucket[] | undefined;
  return {
    timestampMs: new Map(
      hits.flatMap((hit) => {
        const found = first(hit, key);
        return found === undefined ? [] : [[found, Number(first(hit, TIMESTAMP))] as const];
      }),
    ),
    sinkNowMs: buckets?.[0]?.to ?? Infinity,
  };
}

/** No privilege on the cluster is needed to be told the server's clock as the bound of a range. */
const CLOCK = { clock: { date_range: { field: TIMESTAMP, ranges: [{ to: 'now' }] } } };

/** What is stored of an indicator in the data stream. */
export type StoredModified = {
  /** Epoch milliseconds; `null` if no date is stored. */
  lastModifiedMs: number | null;
  isTombstone: boolean;
};

/**
 * Last modification of the newest stored version of each indicator, and whether it has ended.
 * It searches the data stream only: everything that was read is written there, while the latest index may hold
 * documents of another stream. Documents that were written within Elasticsearch's refresh interval cannot be seen.
 *
 * @param ids at most 10,000
 */
export async function newestModified(
  sink: Client,
  namespace: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, StoredModified>> {
  const { key } = IDENTITY.enriched;
  const fields = [{ field: TYPE }, { field: LAST_MODIFIED, format: 'epoch_millis' }];
  const index = [dataStream(namespace)];
  const asked = { index, key, ids, newest: LAST_MODIFIED, fields };
  const { hits } = await newestOf(sink, namespace, asked, signal);
  return new Map(
    hits.flatMap((hit) => {
      const found = first(hit, key);
      if (found === undefined) return [];
      const lastModifiedMs = toNumber(first(hit, LAST_MODIFIED));
      return [[found, { lastModifiedMs, isTombstone: isTombstone(hit) }] as const];
    }),
  );
}

type Found = {
  hits: estypes.SearchHit[];
  aggregations?: Record<string, estypes.AggregationsAggregate>;
};

/** One document per indicator: the one with the greatest value of the field `newest`, and of them the one read last. */
async function newestOf(
  sink: Client,
  namespace: string,
  asked: {
    index: string[];
    key: string;
    ids: readonly string[];
    newest: string;
    fields: estypes.QueryDslFieldAndFormat[];
  },
  signal: AbortSignal,
  aggs?: Record<string, estypes.AggregationsAggregationContainer>,
): Promise<Found> {
  const { index, key, ids, newest, fields } = asked;
  if (ids.length === 0) return { hits: [] };
  const answer = await atSink(`POST ${index.join(',')}/_search`, signal, () =>
    sink.search(
      {
        index,
        ignore_unavailable: true, // the latest index may not exist yet
        query: {
          bool: {
            filter: [
              { terms: { [key]: [...ids] } },
              { term: { 'data_stream.namespace': namespace } },
            ],
          },
        },
        collapse: { field: key },
        sort: [...new Set([newest, CREATED])].map((field) => ({
          [field]: { order: 'desc', unmapped_type: 'date' },
        })),
        ...(aggs !== undefined && { aggs }),
        size: ids.length,
        _source: false,
        docvalue_fields: [{ field: key }, ...fields],
        track_total_hits: false,
      },
      { signal },
    ),
  );
  return { ...answer, hits: answer.hits.hits };
}

function toStoredVersion(hit: estypes.SearchHit): StoredVersion {
  return {
    hash: first(hit, HASH) ?? null,
    timestampMs: Number(first(hit, TIMESTAMP)),
    deletedAtMs: toNumber(first(hit, DELETED_AT)),
    createdMs: toNumber(first(hit, CREATED)),
    isTombstone: isTombstone(hit),
  };
}

function isTombstone(hit: estypes.SearchHit): boolean {
  return (hit.fields?.[TYPE] as unknown[] | undefined)?.includes('deletion') ?? false;
}

function first(hit: estypes.SearchHit, field: string): string | undefined {
  return (hit.fields?.[field] as string[] | undefined)?.[0];
}

function toNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
