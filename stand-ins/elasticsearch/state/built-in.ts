import { type Cluster } from './cluster.ts';
import { parsePipeline } from '../ingest/pipeline.ts';

const MANAGED = { description: 'default logs template installed by x-pack', managed: true };

/**
 * The assets of every cluster for `logs-*-*`, in reduced form: the template of priority 100, its components and the
 * pipeline that sets a missing `@timestamp` to the time of arrival.
 *
 * @see Elasticsearch reference, "Index templates": built-in index patterns
 */
export function installBuiltIns(cluster: Cluster): void {
  cluster.pipelines.set(
    'logs@default-pipeline',
    parsePipeline('logs@default-pipeline', {
      description: 'default pipeline for the logs index template installed by x-pack',
      processors: [
        {
          set: {
            description: "If '@timestamp' is missing, set it with the ingest timestamp",
            field: '@timestamp',
            override: false,
            copy_from: '_ingest.timestamp',
          },
        },
      ],
      version: 14,
      _meta: { managed: true },
    }),
  );
  cluster.componentTemplates.set('logs@mappings', {
    template: {
      mappings: {
        date_detection: false,
        properties: {
          '@timestamp': { type: 'date' },
          data_stream: {
            properties: {
              dataset: { type: 'constant_keyword' },
              namespace: { type: 'constant_keyword' },
              type: { type: 'constant_keyword', value: 'logs' },
            },
          },
        },
      },
    },
    version: 14,
    _meta: MANAGED,
  });
  cluster.componentTemplates.set('logs@settings', {
    template: {
      settings: {
        index: {
          codec: 'best_compression',
          default_pipeline: 'logs@default-pipeline',
          ...(cluster.flavour === 'serverless' ? {} : { lifecycle: { name: 'logs' } }),
          mapping: {
            ignore_malformed: 'true',
            total_fields: { ignore_dynamic_beyond_limit: 'true' },
          },
        },
      },
    },
    version: 14,
    _meta: MANAGED,
  });
  cluster.componentTemplates.set('ecs@mappings', {
    template: { mappings: { dynamic_templates: ECS_TEMPLATES } },
    version: 14,
    _meta: { ...MANAGED, description: 'dynamic mappings based on ECS, installed by x-pack' },
  });
  cluster.policies.set('logs', {
    version: 1,
    modifiedMs: cluster.startedMs,
    policy: {
      phases: {
        hot: {
          min_age: '0ms',
          actions: { rollover: { max_age: '30d', max_primary_shard_size: '50gb' } },
        },
      },
      _meta: {
        description: 'default policy for the logs index template installed by x-pack',
        managed: true,
      },
    },
  });
  cluster.indexTemplates.set('logs', {
    index_patterns: ['logs-*-*'],
    composed_of: ['logs@mappings', 'logs@settings', 'logs@custom', 'ecs@mappings'],
    priority: 100,
    version: 14,
    _meta: MANAGED,
    data_stream: { hidden: false, allow_custom_routing: false },
    allow_auto_create: true,
    ignore_missing_component_templates: ['logs@custom'],
  });
}

/** Three of the server's eleven rules. */
const ECS_TEMPLATES = [
  {
    ecs_ip: {
      mapping: { type: 'ip' },
      match_mapping_type: 'string',
      path_match: ['ip', '*.ip', '*_ip'],
    },
  },
  {
    ecs_date: {
      mapping: { type: 'date' },
      path_match: ['*.timestamp', '*_timestamp', '*.created', '*.ingested', '*.start', '*.end'],
      unmatch_mapping_type: 'object',
    },
  },
  {
    all_strings_to_keywords: {
      mapping: { ignore_above: 1024, type: 'keyword' },
      match_mapping_type: 'string',
    },
  },
];
