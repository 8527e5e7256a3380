import type { Client, estypes } from '@elastic/elasticsearch';
import { atSink } from '../../sink-error.ts';

/** Indicators of one latest index, and those of them that another one lacks. */
export type Coverage = { live: number; missing: number };

/** Below `index.max_terms_count` and `search.max_buckets`. */
const PAGE = 5_000;

/** Not past their time: an index on a quiet stream shows them longer. */
const LIVE: estypes.QueryDslQueryContainer = {
  bool: {
    filter: [{ exists: { field: 'event.id' } }],
    must_not: [{ range: { 'threat_connect.indicator.deleted_at': { lt: 'now' } } }],
  },
};

/**
 * Compares two latest indices by `event.id`, the summary by which rules find an indicator. Both hold one document for
 * each indicator, but by different keys, so that neither counts nor ids of documents can be compared.
 */
export async function coverageOf(
  sink: Client,
  { seen, next, namespace }: { seen: string; next: string; namespace: string },
  signal: AbortSignal,
): Promise<Coverage> {
  const coverage: Coverage = { live: 0, missing: 0 };
  const own = { term: { 'data_stream.namespace': namespace } };
  for (let after: string | null = null; ;) {
    const ids = await summaries(sink, seen, { bool: { filter: [LIVE, own] } }, after, signal);
    const last = ids.at(-1);
    if (last === undefined) return coverage;
    const there = new Set(
      await summaries(
        sink,
        next,
        { bool: { filter: [own, { terms: { 'event.id': ids } }] } },
        null,
        signal,
      ),
    );
    coverage.live += ids.length;
    coverage.missing += ids.filter((id) => !there.has(id)).length;
    after = last;
  }
}

/** The next values of `event.id` in their order, each once. */
async function summaries(
  sink: Client,
  index: string,
  query: estypes.QueryDslQueryContainer,
  after: string | null,
  signal: AbortSignal,
): Promise<string[]> {
  const { aggregations } = await atSink(`POST ${index}/_search`, signal, () =>
    sink.search<unknown, { ids: { buckets: { key: { id: string } }[] } }>(
      {
        index,
        ignore_unavailable: true,
        size: 0,
        query,
        aggs: {
          ids: {
            composite: {
              size: PAGE,
              sources: [{ id: { terms: { field: 'event.id' } } }],
              ...(after === null ? {} : { after: { id: after } }),
            },
          },
        },
      },
      { signal },
    ),
  );
  return (aggregations?.ids.buckets ?? []).map(({ key }) => key.id);
}
