import { type Cluster } from './cluster.ts';
import { parsePipeline } from '../ingest/pipeline.ts';

const MANAGED = { description: 'default logs template installed by x-pack', managed: true };

/**
 * What a cluster brings along for `logs-*-*`, in reduced form: the template of priority 100, its components and the
 * pipeline that gives a document without `@timestamp` the time of its arrival.
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
          lifecycle: { name: 'logs' },
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

const ECS_TEMPLATES = [
  {
    ecs_message_match_only_text: {
      mapping: { type: 'match_only_text' },
      path_match: ['message', '*.message'],
      unmatch_mapping_type: 'object',
    },
  },
  {
    ecs_non_indexed_keyword: {
      mapping: { doc_values: false, index: false, type: 'keyword' },
      path_match: ['*event.original'],
    },
  },
  {
    ecs_ip: {
      mapping: { type: 'ip' },
      match_mapping_type: 'string',
      path_match: ['ip', '*.ip', '*_ip'],
    },
  },
  {
    ecs_wildcard: {
      mapping: { type: 'wildcard' },
      path_match: ['*.io.text', '*.message_id', '*registry.data.strings', '*url.path'],
      unmatch_mapping_type: 'object',
    },
  },
  {
    ecs_path_match_wildcard_and_match_only_text: {
      mapping: { fields: { text: { type: 'match_only_text' } }, type: 'wildcard' },
      path_match: ['*.body.content', '*url.full', '*url.original'],
      unmatch_mapping_type: 'object',
    },
  },
  {
    ecs_date: {
      mapping: { type: 'date' },
      path_match: [
        '*.timestamp',
        '*_timestamp',
        '*.not_after',
        '*.not_before',
        '*.accessed',
        '*.created',
        '*.installed',
        '*.creation_date',
        '*.ctime',
        '*.mtime',
        '*.ingested',
        '*.start',
        '*.end',
        '*.indicator.first_seen',
        '*.indicator.last_seen',
        '*.indicator.modified_at',
        '*threat.enrichments.matched.occurred',
      ],
      unmatch_mapping_type: 'object',
    },
  },
  {
    ecs_path_match_float: {
      mapping: { type: 'float' },
      path_match: ['*.score.*', '*_score*'],
      path_unmatch: '*.version',
      unmatch_mapping_type: 'object',
    },
  },
  {
    ecs_boolean: {
      mapping: { type: 'boolean' },
      match_mapping_type: 'boolean',
    },
  },
  {
    ecs_geo_point: { mapping: { type: 'geo_point' }, path_match: ['*.geo.location'] },
  },
  {
    ecs_flattened: {
      mapping: { type: 'flattened' },
      match_mapping_type: 'object',
      path_match: ['*structured_data', '*exports', '*imports'],
    },
  },
  {
    all_strings_to_keywords: {
      mapping: { ignore_above: 1024, type: 'keyword' },
      match_mapping_type: 'string',
    },
  },
];
