import { dataStream, stateIndex } from '../../../contracts/names.ts';
import type { AssetStep } from '../../../contracts/reconcile-assets-input.ts';
import type { Asset } from './asset.ts';
import type { PlanContext } from './asset-context.ts';
import { componentTemplate } from './kinds/component-template.ts';
import { dataStreamOf } from './kinds/data-stream.ts';
import { ilmPolicy } from './kinds/ilm-policy.ts';
import { indexTemplate } from './kinds/index-template.ts';
import { ingestPipeline } from './kinds/ingest-pipeline.ts';
import { indexOf } from './kinds/plain-index.ts';
import { otherWriters } from './transform/other-writers.ts';
import { transform } from './transform/transform.ts';
import { LATEST_MAPPINGS, latestMappings } from './latest/latest-mappings.ts';
import { LATEST_SETTINGS, latestSettings } from './latest/latest-settings.ts';
import { LATEST_TEMPLATE, latestTemplate } from './latest/latest-template.ts';
import { REJECT_TEMPLATE, rejectTemplate } from './reject-template.ts';
import { RUN_TEMPLATE, runTemplate } from './run-template.ts';
import { STATE_TEMPLATE, stateTemplate } from './state-template.ts';
import { INGESTED_PIPELINE, ingestedPipeline } from './stream/ingested-pipeline.ts';
import { STREAM_MAPPINGS, streamMappings } from './stream/stream-mappings.ts';
import { STREAM_POLICY, streamPolicy } from './stream/stream-policy.ts';
import { STREAM_SETTINGS, streamSettings } from './stream/stream-settings.ts';
import { STREAM_TEMPLATE, streamTemplate } from './stream/stream-template.ts';
import { unstampedDocuments } from './stream/unstamped-documents.ts';

/** Every step with assets; `mode` decides about the others. */
export type StepWithAssets = Exclude<AssetStep, 'mode'>;

/** The assets of each step, in the order in which they must be created. */
export const ASSETS: Readonly<Record<StepWithAssets, (context: PlanContext) => Asset[]>> = {
  own: (context) => [
    indexTemplate(STATE_TEMPLATE, stateTemplate(context)),
    indexTemplate(REJECT_TEMPLATE, rejectTemplate),
    indexTemplate(RUN_TEMPLATE, runTemplate),
    indexOf(stateIndex(context.namespace)),
  ],
  pipelines: () => [ingestPipeline(INGESTED_PIPELINE, ingestedPipeline)],
  lifecycle: (context) =>
    context.flavour === 'serverless' ? [] : [ilmPolicy(STREAM_POLICY, streamPolicy(context))],
  templates: (context) => [
    componentTemplate(STREAM_SETTINGS, streamSettings(context)),
    componentTemplate(STREAM_MAPPINGS, streamMappings),
    indexTemplate(STREAM_TEMPLATE, streamTemplate),
    componentTemplate(LATEST_SETTINGS, latestSettings),
    componentTemplate(LATEST_MAPPINGS, latestMappings),
    indexTemplate(LATEST_TEMPLATE, latestTemplate),
  ],
  // the transform needs its source
  stream: (context) => [dataStreamOf(dataStream(context.namespace))],
  'backing-indices': (context) => [unstampedDocuments(dataStream(context.namespace))],
  latest: () => [],
  transform: (context) => [transform(context), otherWriters(context.latest)],
};
