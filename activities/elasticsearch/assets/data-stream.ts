import { CONSTANT_FIELDS, FIELDS } from '../../../mapping/field-table.ts';
import { toProperties } from './index-mapping.ts';
import { MANAGED, type Asset } from './asset.ts';

const NAME = 'tcsync-ti_threatconnect.indicator';
const PIPELINE = `${NAME}-ingested`;

/**
 * Stamps `event.ingested` with the node's clock as the last thing before a document is stored, so that a
 * repeated write gets a fresh one. The transform follows this field.
 */
export const ingestedPipeline: Asset = {
  name: `ingest pipeline ${PIPELINE}`,
  exists: async (sink, signal) =>
    Object.keys(
      await sink.ingest.getPipeline({ id: PIPELINE }, { signal, ignore: [404] }),
    ).includes(PIPELINE),
  create: async (sink, signal) => {
    await sink.ingest.putPipeline(
      {
        id: PIPELINE,
        description: 'Stamps event.ingested',
        processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
        _meta: MANAGED,
      },
      { signal },
    );
  },
};

/**
 * Template of the data stream. Priority 180 lies above the built-in `logs-*-*` (100) and below the 200 of
 * Elastic's own package, which wins where it is installed later.
 */
export const dataStreamTemplate: Asset = {
  name: `index template ${NAME}`,
  exists: async (sink, signal) => sink.indices.existsIndexTemplate({ name: NAME }, { signal }),
  create: async (sink, signal) => {
    await sink.indices.putIndexTemplate(
      {
        name: NAME,
        index_patterns: ['logs-ti_threatconnect.indicator-*'],
        priority: 180,
        data_stream: {},
        composed_of: ['logs@mappings', 'logs@settings', 'ecs@mappings'],
        template: {
          settings: {
            index: {
              // `logs@settings` names a default pipeline of its own
              default_pipeline: '_none',
              final_pipeline: PIPELINE,
              // logsdb may rebuild a document's lists of objects in another shape
              mode: 'standard',
              mapping: { total_fields: { limit: 2_000 } },
            },
          },
          mappings: { properties: toProperties(FIELDS, CONSTANT_FIELDS) },
        },
        version: 1,
        _meta: MANAGED,
      },
      { signal },
    );
  },
};
