import type { estypes } from '@elastic/elasticsearch';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { sharedMeta } from '../namespaces/set-by.ts';
import type { PlanContext } from '../asset-context.ts';

export type TransformBody = Omit<estypes.TransformPutTransformRequest, 'transform_id'> & {
  latest: estypes.TransformLatest;
  // since 8.8; the client's types lack it
  dest: { index: string; aliases?: { alias: string; move_on_creation: boolean }[] };
};

/** The data streams of all namespaces. */
export const SOURCE_STREAMS = 'logs-ti_threatconnect.indicator-*';

/**
 * Keeps one document for each live indicator. Its key and its sort order cannot be changed later. With the profile
 * `compatible` they are those of Elastic's own package: the summary identifies an indicator, and the version that was
 * modified last wins.
 */
export function latestTransform(context: PlanContext): TransformBody {
  const { key, id, sort } = ORDER[context.profile];
  return {
    description: 'Latest version of each live ThreatConnect indicator',
    source: {
      index: [SOURCE_STREAMS],
      // without a part of the key, documents of several indicators would become one; without the time stamp, a document
      // is never seen
      query: {
        bool: { filter: [{ exists: { field: id } }, { exists: { field: 'event.ingested' } }] },
      },
    },
    dest: {
      index: context.latest.index,
      ...(context.readers === 'own'
        ? { aliases: [{ alias: LATEST_ALIAS, move_on_creation: true }] }
        : {}),
    },
    latest: { unique_key: key, sort },
    frequency: context.transformFrequency,
    sync: { time: { field: 'event.ingested', delay: context.transformDelay } },
    retention_policy: { time: { field: 'threat_connect.indicator.deleted_at', max_age: '1m' } },
    // retries for ever; `unattended` would hide errors that no retry can heal
    settings: { num_failure_retries: -1 },
    _meta: sharedMeta(context, 'transform'),
  };
}

const ORDER = {
  enriched: {
    key: ['data_stream.namespace', 'event.dataset', 'threat_connect.indicator.id'],
    id: 'threat_connect.indicator.id',
    sort: 'event.created',
  },
  compatible: { key: ['event.dataset', 'event.id'], id: 'event.id', sort: '@timestamp' },
};
