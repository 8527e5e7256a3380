import type { Client, estypes } from '@elastic/elasticsearch';
import type { Version } from './compare.ts';

const PAGE = 5_000;

type Source = {
  event: { created: string };
  threat_connect: { indicator: { id: string; last_modified: string } };
};

/** Every version of every indicator in a data stream. */
export async function storedVersions(sink: Client, stream: string): Promise<Version[]> {
  await sink.indices.refresh({ index: stream });
  const versions: Version[] = [];
  let after: estypes.SortResults = [];
  for (;;) {
    const answer: estypes.SearchResponse<Source> = await sink.search<Source>({
      index: stream,
      size: PAGE,
      // no point in time is needed: nothing is written meanwhile, and the two together are unique
      sort: [{ 'threat_connect.indicator.id': 'asc' }, { 'event.created': 'asc' }],
      _source: ['threat_connect.indicator.id', 'threat_connect.indicator.last_modified'],
      track_total_hits: false,
      ...(after.length === 0 ? {} : { search_after: after }),
    });
    for (const { _source: source } of answer.hits.hits) {
      if (source === undefined) continue;
      const { id, last_modified: lastModified } = source.threat_connect.indicator;
      versions.push({ id, lastModified: `${lastModified.slice(0, 19)}Z` });
    }
    const last: estypes.SearchHit<Source> | undefined = answer.hits.hits.at(-1);
    if (last?.sort === undefined) return versions;
    after = last.sort;
  }
}
