import type { Client } from '@elastic/elasticsearch';

const STREAM = 'logs-ti_threatconnect.indicator';
const VERSION = '2.3.0';
const META = {
  managed_by: 'fleet',
  managed: true,
  package: { name: 'ti_threatconnect' },
} as const;

export const FLEET_TRANSFORM = 'logs-ti_threatconnect.latest-default-0.8.0';
export const FLEET_INDEX = 'logs-ti_threatconnect_latest.dest_indicator-8';
const ALIAS = 'logs-ti_threatconnect_latest.indicator';

/** Installs what Fleet installs for Elastic's own `ti_threatconnect` integration, and starts its transform. */
export async function installFleetAssets(sink: Client): Promise<void> {
  await sink.ingest.putPipeline({
    id: `${STREAM}-${VERSION}`,
    processors: [{ set: { field: 'mapped_by_the_package', value: 'yes' } }],
    _meta: META,
  });
  await sink.ingest.putPipeline({
    id: '.fleet_final_pipeline-1',
    processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
  });
  await sink.ilm.putLifecycle({
    name: `${STREAM}-default_policy`,
    policy: {
      phases: {
        hot: { actions: { rollover: { max_age: '1d', max_primary_shard_size: '50gb' } } },
        delete: { min_age: '2d', actions: { delete: {} } },
      },
      _meta: META,
    },
  });
  await sink.cluster.putComponentTemplate({
    name: `${STREAM}@package`,
    template: {
      settings: {
        index: {
          lifecycle: { name: `${STREAM}-default_policy` },
          default_pipeline: `${STREAM}-${VERSION}`,
          final_pipeline: '.fleet_final_pipeline-1',
        },
      },
      mappings: { properties: FIELDS },
    },
    _meta: META,
  });
  await sink.indices.putIndexTemplate({
    name: STREAM,
    index_patterns: [`${STREAM}-*`],
    priority: 200,
    data_stream: {},
    composed_of: ['logs@mappings', 'logs@settings', `${STREAM}@package`, 'ecs@mappings'],
    _meta: META,
  });
  await sink.cluster.putComponentTemplate({
    name: 'logs-ti_threatconnect.latest-template@package',
    template: { mappings: { properties: FIELDS } },
    _meta: META,
  });
  await sink.indices.putIndexTemplate({
    name: 'logs-ti_threatconnect.latest-template',
    index_patterns: ['logs-ti_threatconnect_latest.dest_indicator-*'],
    priority: 250,
    composed_of: ['logs-ti_threatconnect.latest-template@package', 'ecs@mappings'],
    _meta: META,
  });
  await sink.indices.createDataStream({ name: `${STREAM}-default` });
  await sink.transform.putTransform({
    transform_id: FLEET_TRANSFORM,
    source: { index: [`${STREAM}-*`] },
    // the client's types lack the aliases
    dest: { index: FLEET_INDEX, aliases: [{ alias: ALIAS, move_on_creation: true }] } as {
      index: string;
    },
    latest: { unique_key: ['event.dataset', 'event.id'], sort: '@timestamp' },
    frequency: '30s',
    sync: { time: { field: 'event.ingested', delay: '120s' } },
    retention_policy: { time: { field: 'threat_connect.indicator.deleted_at', max_age: '1m' } },
    settings: { num_failure_retries: -1 },
    _meta: META,
  });
  await sink.transform.startTransform({ transform_id: FLEET_TRANSFORM });
}

const FIELDS = {
  '@timestamp': { type: 'date' },
  agent: { properties: { id: { type: 'keyword' } } },
  data_stream: { properties: { namespace: { type: 'keyword' } } },
  event: {
    properties: {
      created: { type: 'date' },
      dataset: { type: 'keyword' },
      id: { type: 'keyword' },
      ingested: { type: 'date' },
    },
  },
  threat_connect: {
    properties: {
      indicator: {
        properties: { id: { type: 'keyword' }, deleted_at: { type: 'date' } },
      },
    },
  },
} as const;

const LIFE_MS = 90 * 24 * 3_600_000;

/** The package ends an indicator 90 days after its last change. */
function endOf(lastModified: string): string {
  return new Date(Date.parse(lastModified) + LIFE_MS).toISOString();
}

/** Writes what an agent of the integration writes about these indicators. */
export async function writeAsAgent(
  sink: Client,
  indicators: readonly { id: string; summary: string; lastModified: string }[],
): Promise<void> {
  await sink.bulk({
    index: `${STREAM}-default`,
    refresh: true,
    operations: indicators.flatMap(({ id, summary, lastModified }) => [
      { create: { _id: `agent-${id}-${lastModified}` } },
      {
        '@timestamp': lastModified,
        agent: { id: 'agent' },
        data_stream: { type: 'logs', dataset: 'ti_threatconnect.indicator', namespace: 'default' },
        event: { dataset: 'ti_threatconnect.indicator', id: summary },
        threat_connect: { indicator: { id, deleted_at: endOf(lastModified) } },
      },
    ]),
  });
}
