import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { MANAGED } from '../asset.ts';
import type { TransformBody } from '../kinds/transform.ts';
import type { AssetContext } from '../asset-context.ts';

/** Rises with each latest index that has to be built anew. */
const GENERATION = 1;

export const LATEST_TRANSFORM = `tcsync-ti_threatconnect-latest-v${GENERATION}`;

/** From 101, clear of the numbers of Elastic's own package. */
export const LATEST_INDEX = `logs-ti_threatconnect_latest.dest_indicator-${100 + GENERATION}`;

/**
 * Keeps one document for each live indicator. Its key and its order cannot be changed later. With the
 * profile `compatible` they are those of Elastic's own package: an indicator is its value, and the last
 * modified one wins.
 */
export function latestTransform(context: AssetContext): TransformBody {
  const { key, id, sort } = ORDER[context.profile];
  return {
    description: 'Latest version of each live ThreatConnect indicator',
    source: {
      index: ['logs-ti_threatconnect.indicator-*'],
      // what lacks a part of the key would become one document, what lacks the stamp is never seen
      query: {
        bool: { filter: [{ exists: { field: id } }, { exists: { field: 'event.ingested' } }] },
      },
    },
    dest: {
      index: LATEST_INDEX,
      aliases: [{ alias: LATEST_ALIAS, move_on_creation: true }],
    },
    latest: { unique_key: key, sort },
    frequency: context.transformFrequency,
    sync: { time: { field: 'event.ingested', delay: context.transformDelay } },
    retention_policy: { time: { field: 'threat_connect.indicator.deleted_at', max_age: '1m' } },
    // for ever: `unattended` would hide what no retry heals
    settings: { num_failure_retries: -1 },
    _meta: MANAGED,
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
