import { MANAGED } from '../asset.ts';
import type { ComponentTemplateBody } from '../kinds/component-template.ts';
import type { AssetContext } from '../asset-context.ts';
import { INGESTED_PIPELINE } from './ingested-pipeline.ts';
import { STREAM_POLICY } from './stream-policy.ts';

export const STREAM_SETTINGS = 'tcsync-ti_threatconnect.indicator@settings';

/** Fields of the mapping are about 300; the rest is for what ThreatConnect adds. */
export const MOST_FIELDS = 2_000;

export function streamSettings({ flavour, ilmDelete }: AssetContext): ComponentTemplateBody {
  const index = {
    // `logs@settings` names a default pipeline of its own
    default_pipeline: '_none',
    final_pipeline: INGESTED_PIPELINE,
    // logsdb may rebuild a document's lists of objects in another shape
    mode: 'standard',
    mapping: { total_fields: { limit: MOST_FIELDS } },
  };
  return {
    template:
      flavour === 'serverless'
        ? { settings: { index }, lifecycle: { data_retention: ilmDelete } }
        : { settings: { index: { ...index, lifecycle: { name: STREAM_POLICY } } } },
    version: 1,
    _meta: MANAGED,
  };
}
