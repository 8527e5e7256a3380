import { MANAGED } from '../ownership.ts';
import type { IngestPipelineBody } from '../kinds/ingest-pipeline.ts';

export const INGESTED_PIPELINE = 'tcsync-ti_threatconnect-ingested';

/**
 * Sets `event.ingested` by the node's clock as the last step before a document is stored, so that a repeated write gets
 * a new value. The transform follows this field.
 */
export const ingestedPipeline: IngestPipelineBody = {
  description: 'Stamps event.ingested',
  processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
  _meta: MANAGED,
};
