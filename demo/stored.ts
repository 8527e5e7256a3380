import type { Client, estypes } from '@elastic/elasticsearch';
import { dataStream } from '../contracts/names.ts';
import type { Version } from './compare.ts';

const PAGE = 2_000;

export type StoredSource = {
  event: { id?: string; created?: string; ingested?: string };
  tcsync?: { feed?: string; run_id?: string };
  threat_connect: { indicator: { id: string; last_modified: string } };
};

/** Every version of every indicator in a namespace's data stream. */
export async function storedVersions(sink: Client, namespace: string): Promise<Version[]> {
  const fields = ['threat_connect.indicator.id', 'threat_connect.indicator.last_modified'];
  const versions: Version[] = [];
  for await (const { _source: source } of storedDocuments(
    sink,
    dataStream(namespace),
    namespace,
    fields,
  )) {
    const { id, last_modified: lastModified } = source.threat_connect.indicator;
    versions.push({ id, lastModified: `${lastModified.slice(0, 19)}Z` });
  }
  return versions;
}

/** Every document of a namespace in an index, a page at a time. Nothing must be written meanwhile. */
export async function* storedDocuments(
  sink: Client,
  index: string,
  namespace: string,
  fields: string[] | true = true,
): AsyncGenerator<{ _id: string; _source: StoredSource }> {
  const which = { index, ignore_unavailable: true, allow_no_indices: true };
  await sink.indices.refresh(which);
  let after: estypes.SortResults = [];
  for (;;) {
    const answer: estypes.SearchResponse<StoredSource> = await sink.search<StoredSource>({
      ...which,
      query: { term: { 'data_stream.namespace': namespace } },
      size: PAGE,
      // the two together are unique
      sort: [{ 'threat_connect.indicator.id': 'asc' }, { 'event.ingested': 'asc' }],
      _source: fields,
      track_total_hits: false,
      ...(after.length === 0 ? {} : { search_after: after }),
    });
    for (const { _id: id, _source: source } of answer.hits.hits) {
      if (id !== undefined && source !== undefined) yield { _id: id, _source: source };
    }
    const last: estypes.SearchHit<StoredSource> | undefined = answer.hits.hits.at(-1);
    if (last?.sort === undefined) return;
    after = last.sort;
  }
}
