import type { Client, estypes } from '@elastic/elasticsearch';
import { dataStream, LATEST_ALIAS } from '../../contracts/names.ts';
import { atSink } from './sink-error.ts';

/** One stored version of an indicator: ids, names and dates only. Dates are ISO 8601. */
export type IndicatorVersion = {
  /** `_id` of the document. */
  documentId: string;
  index: string;
  indicatorId: string | null;
  owner: string | null;
  type: string | null;
  summary: string | null;
  /** When the source returned it; `null` in the profile `compatible`. */
  created: string | null;
  lastModified: string | null;
  timestamp: string | null;
  /** When its life ends. */
  deletedAt: string | null;
  /** When Elasticsearch received it. */
  ingested: string | null;
  isTombstone: boolean;
  feed: string | null;
  /** Run id of the first execution of the run that wrote it. */
  runId: string | null;
};

const INDICATOR = 'threat_connect.indicator';
export const STORED_KEYS = {
  id: `${INDICATOR}.id`,
  value: 'event.id',
  summary: `${INDICATOR}.summary`,
  hash: 'related.hash',
} as const;

const OWNER = `${INDICATOR}.owner.name`;
const TYPE = `${INDICATOR}.type`;
const CREATED = 'event.created';
const MODIFIED = `${INDICATOR}.last_modified`;
const TIMESTAMP = '@timestamp';
const DELETED_AT = `${INDICATOR}.deleted_at`;
const INGESTED = 'event.ingested';
const DATES = [CREATED, MODIFIED, TIMESTAMP, DELETED_AT, INGESTED];
const WORDS = [OWNER, TYPE, STORED_KEYS.id, STORED_KEYS.value, STORED_KEYS.summary];
const OTHERS = ['event.type', 'tcsync.feed', 'tcsync.run_id'];

type Key = (typeof STORED_KEYS)[keyof typeof STORED_KEYS];

export type StoredQuery = {
  namespace: string;
  place: 'stream' | 'latest';
  /** An indicator matches if one of the fields has one of its values. */
  any: readonly { field: Key; values: readonly string[] }[];
  size: number;
};

/**
 * Stored versions, newest first. Documents that were written within Elasticsearch's refresh interval cannot be seen.
 * @param size largest number of versions
 */
export async function storedVersions(
  sink: Client,
  { namespace, place, any, size }: StoredQuery,
  signal: AbortSignal,
): Promise<{ versions: IndicatorVersion[]; total: number }> {
  const index = place === 'stream' ? dataStream(namespace) : LATEST_ALIAS;
  const { hits } = await atSink(`POST ${index}/_search`, signal, () =>
    sink.search(
      {
        index,
        ignore_unavailable: true, // nothing may be applied yet
        query: {
          bool: {
            filter: [
              { term: { 'data_stream.namespace': namespace } },
              {
                bool: {
                  should: any.map(({ field, values }) => ({ terms: { [field]: [...values] } })),
                  minimum_should_match: 1,
                },
              },
            ],
          },
        },
        // the profile `compatible` has no `event.created`
        sort: [CREATED, TIMESTAMP].map((field) => ({
          [field]: { order: 'desc', unmapped_type: 'date' },
        })),
        size,
        _source: false,
        docvalue_fields: [
          ...[...WORDS, ...OTHERS].map((field) => ({ field })),
          ...DATES.map((field) => ({ field, format: 'epoch_millis' })),
        ],
        track_total_hits: true,
      },
      { signal },
    ),
  );
  const { total } = hits;
  return {
    versions: hits.hits.map(toVersion),
    total: typeof total === 'number' ? total : (total?.value ?? 0),
  };
}

function toVersion({ _id: id = '', _index: index, fields = {} }: estypes.SearchHit) {
  const all = (field: string) => (fields[field] as unknown[] | undefined) ?? [];
  const first = (field: string) => (all(field)[0] === undefined ? null : String(all(field)[0]));
  const date = (field: string) => {
    const text = first(field);
    return text === null ? null : new Date(Number(text)).toISOString();
  };
  return {
    documentId: id,
    index,
    indicatorId: first(STORED_KEYS.id),
    owner: first(OWNER),
    type: first(TYPE),
    summary: first(STORED_KEYS.summary) ?? first(STORED_KEYS.value),
    created: date(CREATED),
    lastModified: date(MODIFIED),
    timestamp: date(TIMESTAMP),
    deletedAt: date(DELETED_AT),
    ingested: date(INGESTED),
    isTombstone: all('event.type').includes('deletion'),
    feed: first('tcsync.feed'),
    runId: first('tcsync.run_id'),
  } satisfies IndicatorVersion;
}
