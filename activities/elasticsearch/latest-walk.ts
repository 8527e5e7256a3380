import type { Client, estypes } from '@elastic/elasticsearch';
import { atSink } from './sink-error.ts';

/** An indicator in a latest index. */
export type LatestEntry = {
  /** Values of the transform's key; `null`: the document has none that can be searched. */
  key: (string | null)[];
  owner: string;
  type: string;
  /** Value of the field by which the newest version is found, epoch milliseconds. */
  version: number | null;
  deletedAtMs: number | null;
};

const OWNER = 'threat_connect.indicator.owner.name';
const TYPE = 'threat_connect.indicator.type';
const DELETED_AT = 'threat_connect.indicator.deleted_at';

const PAGE = 5_000;

/** The key and the order of a transform. */
export type LatestOrder = { key: readonly string[]; sort: string };

/** All indicators of a latest index, by their keys, a page at a time: memory does not depend on their number. */
export async function* walkLatest(
  sink: Client,
  index: string,
  { key, sort }: LatestOrder,
  signal: AbortSignal,
): AsyncGenerator<LatestEntry> {
  // the part of the key that differs most comes first
  const fields = key.toReversed();
  let after: estypes.SortResults | null = null;
  for (;;) {
    const page: estypes.SearchHit[] = await readPage(sink, index, { fields, sort, after }, signal);
    for (const hit of page) yield toEntry(hit, sort);
    after = page.at(-1)?.sort ?? null;
    if (page.length < PAGE || after === null) return;
  }
}

async function readPage(
  sink: Client,
  index: string,
  { fields, sort, after }: { fields: string[]; sort: string; after: estypes.SortResults | null },
  signal: AbortSignal,
): Promise<estypes.SearchHit[]> {
  const dates = [sort, DELETED_AT].map((field) => ({ field, format: 'epoch_millis' }));
  const { hits } = await atSink(`POST ${index}/_search`, signal, () =>
    sink.search(
      {
        index,
        size: PAGE,
        sort: fields.map((field) => ({ [field]: { order: 'asc', unmapped_type: 'keyword' } })),
        ...(after === null ? {} : { search_after: after }),
        _source: false,
        docvalue_fields: [{ field: OWNER }, { field: TYPE }, ...dates],
        track_total_hits: false,
      },
      { signal },
    ),
  );
  return hits.hits;
}

function toEntry({ sort: key = [], fields = {} }: estypes.SearchHit, sort: string): LatestEntry {
  const first = (field: string) => (fields[field] as string[] | undefined)?.[0] ?? null;
  const time = (field: string) => (first(field) === null ? null : Number(first(field)));
  return {
    key: key.map((value) => (value === null ? null : String(value))),
    owner: first(OWNER) ?? '',
    type: first(TYPE) ?? '',
    version: time(sort),
    deletedAtMs: time(DELETED_AT),
  };
}

/** The order in which Elasticsearch sorts keys: by bytes, what is missing last. Negative if `one` comes first. */
export function compareKeys(one: LatestEntry, other: LatestEntry): number {
  for (const [place, value] of one.key.entries()) {
    const against = other.key[place] ?? null;
    if (value === against) continue;
    if (value === null) return 1;
    if (against === null) return -1;
    return Buffer.compare(Buffer.from(value), Buffer.from(against));
  }
  return 0;
}

/** Makes everything that was written to the indices visible to searches. */
export async function refresh(
  sink: Client,
  indices: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await atSink('POST _refresh', signal, () =>
    sink.indices.refresh({ index: [...indices] }, { signal }),
  );
}
