import { dataStream, stateIndex } from '../../../contracts/names.ts';
import type { AssetStep } from '../../../contracts/reconcile-assets-input.ts';
import type { Asset } from './asset.ts';
import type { PlanContext } from './asset-context.ts';
import { componentTemplate } from './kinds/component-template.ts';
import { ilmPolicy } from './kinds/ilm-policy.ts';
import { indexTemplate, type IndexTemplateBody } from './kinds/index-template.ts';
import { ingestPipeline } from './kinds/ingest-pipeline.ts';
import { indexOf } from './kinds/plain-index.ts';
import { latestAlias } from './latest/latest-alias.ts';
import { LATEST_DEFINITION, NEEDED_LATEST_SETTINGS } from './latest/latest-definition.ts';
import { destinationIndex } from './latest/destination-index.ts';
import { LATEST_MAPPINGS, latestMappings } from './latest/latest-mappings.ts';
import { LATEST_SETTINGS, latestSettings } from './latest/latest-settings.ts';
import { LATEST_TEMPLATE, latestTemplate } from './latest/latest-template.ts';
import { ilmErrors } from './lifecycle/ilm-errors.ts';
import { ilmMode } from './lifecycle/ilm-mode.ts';
import { indexPolicies } from './lifecycle/index-policies.ts';
import { rolloverProgress } from './lifecycle/rollover-progress.ts';
import { streamRetention } from './lifecycle/stream-retention.ts';
import { otherWriters } from './transform/other-writers.ts';
import { transform } from './transform/transform.ts';
import { REJECT_TEMPLATE, rejectTemplate } from './reject-template.ts';
import { RUN_TEMPLATE, runTemplate } from './run-template.ts';
import { STATE_TEMPLATE, stateTemplate } from './state-template.ts';
import { indicatorStream } from './stream/indicator-stream.ts';
import { INGESTED_PIPELINE, ingestedPipeline } from './stream/ingested-pipeline.ts';
import { NEEDED_SETTINGS, streamDefinition } from './stream/stream-definition.ts';
import { STREAM_MAPPINGS, streamMappings } from './stream/stream-mappings.ts';
import { STREAM_POLICY, streamPolicy } from './stream/stream-policy.ts';
import { STREAM_SETTINGS, streamSettings } from './stream/stream-settings.ts';
import { STREAM_TEMPLATE, streamTemplate } from './stream/stream-template.ts';
import { unstampedDocuments } from './stream/unstamped-documents.ts';
import { effectiveTemplate } from './templates/effective-template.ts';

/** Every step whose assets are known beforehand; `mode` has none, and what was replaced must be looked for. */
export type StepWithAssets = Exclude<AssetStep, 'mode' | 'superseded'>;

/** The assets of each step, in the order in which they must be created. */
export const ASSETS: Readonly<Record<StepWithAssets, (context: PlanContext) => Asset[]>> = {
  own: (context) => [
    indexTemplate(STATE_TEMPLATE, stateTemplate(context)),
    indexTemplate(REJECT_TEMPLATE, rejectTemplate),
    indexTemplate(RUN_TEMPLATE, runTemplate),
    indexOf(stateIndex(context.namespace), STATE_TEMPLATE),
  ],
  pipelines: () => [ingestPipeline(INGESTED_PIPELINE, ingestedPipeline)],
  lifecycle: (context) =>
    context.flavour === 'serverless'
      ? []
      : [ilmPolicy(STREAM_POLICY, streamPolicy(context)), ilmMode()],
  templates: (context) => [
    ...streamTemplates(context),
    ...latestTemplates(context),
    effectiveTemplate({
      ...proofOf(STREAM_TEMPLATE, streamTemplate(context)),
      index: dataStream(context.namespace),
      parts: streamTemplates(context),
      wanted: streamDefinition(context),
      needed: NEEDED_SETTINGS,
    }),
    effectiveTemplate({
      ...proofOf(LATEST_TEMPLATE, latestTemplate(context)),
      index: context.latest.index,
      parts: latestTemplates(context),
      wanted: LATEST_DEFINITION,
      needed: NEEDED_LATEST_SETTINGS,
    }),
  ],
  // the transform needs its source
  stream: (context) => [
    indicatorStream(dataStream(context.namespace), streamTemplates(context), context),
  ],
  'backing-indices': (context) => {
    const stream = dataStream(context.namespace);
    const lifecycle =
      context.flavour === 'serverless'
        ? [streamRetention(stream, context)]
        : [
            indexPolicies(stream, streamTemplates(context)),
            ilmErrors(stream),
            rolloverProgress(stream, context),
          ];
    return [...lifecycle, unstampedDocuments(stream)];
  },
  latest: (context) => [
    destinationIndex(context.latest, latestTemplates(context)),
    latestAlias(context.latest),
  ],
  transform: (context) => [transform(context), otherWriters(context.latest, [])],
};

function streamTemplates(context: PlanContext): Asset[] {
  return [
    componentTemplate(STREAM_SETTINGS, streamSettings(context)),
    componentTemplate(STREAM_MAPPINGS, streamMappings),
    indexTemplate(STREAM_TEMPLATE, streamTemplate(context)),
  ];
}

function latestTemplates(context: PlanContext): Asset[] {
  return [
    componentTemplate(LATEST_SETTINGS, latestSettings),
    componentTemplate(LATEST_MAPPINGS, latestMappings),
    indexTemplate(LATEST_TEMPLATE, latestTemplate(context)),
  ];
}

function proofOf(
  template: string,
  { priority = 0, ignore_missing_component_templates: custom = [] }: IndexTemplateBody,
): { template: string; priority: number; custom: readonly string[] } {
  return { template, priority, custom: [custom].flat() };
}
