import { MANAGED } from '../ownership.ts';
import type { ComponentTemplateBody } from '../kinds/component-template.ts';
import type { AssetContext } from '../asset-context.ts';
import { INGESTED_PIPELINE } from './ingested-pipeline.ts';
import { STREAM_POLICY } from './stream-policy.ts';

export const STREAM_SETTINGS = 'tcsync-ti_threatconnect.indicator@settings';

/** The mapping has about 300 fields; the rest is for fields that ThreatConnect adds. */
export const MOST_FIELDS = 2_000;

export function streamSettings({ flavour }: AssetContext): ComponentTemplateBody {
  const index = {
    // `logs@settings` sets a default pipeline of its own
    default_pipeline: '_none',
    final_pipeline: INGESTED_PIPELINE,
    // logsdb may return a document's lists of objects in another form
    mode: 'standard',
    mapping: { total_fields: { limit: MOST_FIELDS } },
  };
  return {
    template:
      flavour === 'serverless'
        ? { settings: { index }, lifecycle: { enabled: true } } // each namespace gives its stream a retention
        : { settings: { index: { ...index, lifecycle: { name: STREAM_POLICY } } } },
    _meta: MANAGED,
  };
}
