import type { Client, estypes } from '@elastic/elasticsearch';
import { patiently } from './patiently.ts';

const ID = 'threat_connect.indicator.id';
const SUMMARY = 'event.id';
const TYPE = 'event.type';
const LAST_MODIFIED = 'threat_connect.indicator.last_modified';

export type StoredSource = {
  event: { id?: string; created?: string; ingested?: string };
  tcsync?: { feed?: string; run_id?: string };
  threat_connect: { indicator: { id: string; last_modified: string } };
};

export type StoredVersion = {
  /** ThreatConnect's id, exact digits. */
  id: string;
  summary: string;
  /** Whole seconds, `2026-01-31T12:34:56Z`. */
  lastModified: string;
};

/** Every version of every indicator of a namespace that has not ended, in an index or data stream. */
export async function storedVersions(
  sink: Client,
  index: string,
  namespace: string,
): Promise<StoredVersion[]> {
  const versions: StoredVersion[] = [];
  let ofOne = 0; // where the versions of the current indicator begin
  const part = {
    size: 2_000,
    _source: false,
    docvalue_fields: [
      ID,
      SUMMARY,
      TYPE,
      { field: LAST_MODIFIED, format: 'strict_date_time_no_millis' },
    ],
  };
  for await (const { fields } of storedHits(sink, index, namespace, part)) {
    const first = (name: string) => (fields?.[name] as string[] | undefined)?.[0] ?? '';
    const id = first(ID);
    if (versions[ofOne]?.id !== id) ofOne = versions.length;
    // the versions come in the order in which they were written: a later one says that it is active again
    if (first(TYPE) === 'deletion') versions.length = ofOne;
    else
      versions.push({
        id,
        summary: first(SUMMARY),
        lastModified: first(LAST_MODIFIED),
      });
  }
  return versions;
}

/** Every document of a namespace in a data stream. */
export async function* storedDocuments(
  sink: Client,
  stream: string,
  namespace: string,
): AsyncGenerator<{ _id: string; _source: StoredSource }> {
  for await (const hit of storedHits(sink, stream, namespace, { size: 500 })) {
    const { _id: id, _source: source } = hit;
    if (id !== undefined && source !== undefined) yield { _id: id, _source: source };
  }
}

/** All hits, page by page. Nobody may write at the same time. */
async function* storedHits(
  sink: Client,
  index: string,
  namespace: string,
  part: Pick<estypes.SearchRequest, 'size' | '_source' | 'docvalue_fields'>,
): AsyncGenerator<estypes.SearchHit<StoredSource>> {
  const which = { index, ignore_unavailable: true, allow_no_indices: true };
  await patiently(() => sink.indices.refresh(which));
  let after: estypes.SortResults = [];
  for (;;) {
    const answer: estypes.SearchResponse<StoredSource> = await patiently(() =>
      sink.search<StoredSource>({
        ...which,
        ...part,
        query: { term: { 'data_stream.namespace': namespace } },
        // the two together are unique
        sort: [{ [ID]: 'asc' }, { 'event.ingested': 'asc' }],
        track_total_hits: false,
        ...(after.length === 0 ? {} : { search_after: after }),
      }),
    );
    yield* answer.hits.hits;
    const last: estypes.SearchHit<StoredSource> | undefined = answer.hits.hits.at(-1);
    if (last?.sort === undefined) return;
    after = last.sort;
  }
}
