import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { dataStream, stateIndex } from '../../../contracts/names.ts';
import type { Asset } from './asset.ts';
import { componentTemplate } from './kinds/component-template.ts';
import { dataStreamOf } from './kinds/data-stream.ts';
import { ilmPolicy } from './kinds/ilm-policy.ts';
import { indexTemplate } from './kinds/index-template.ts';
import { indexOf } from './kinds/plain-index.ts';
import { ingestPipeline } from './kinds/ingest-pipeline.ts';
import { transform } from './kinds/transform.ts';
import { LATEST_MAPPINGS, latestMappings } from './latest/latest-mappings.ts';
import { LATEST_SETTINGS, latestSettings } from './latest/latest-settings.ts';
import { LATEST_TEMPLATE, latestTemplate } from './latest/latest-template.ts';
import { LATEST_TRANSFORM, latestTransform } from './latest/latest-transform.ts';
import { REJECT_TEMPLATE, rejectTemplate } from './reject-template.ts';
import { RUN_TEMPLATE, runTemplate } from './run-template.ts';
import type { AssetContext } from './asset-context.ts';
import { STATE_TEMPLATE, stateTemplate } from './state-template.ts';
import { INGESTED_PIPELINE, ingestedPipeline } from './stream/ingested-pipeline.ts';
import { STREAM_MAPPINGS, streamMappings } from './stream/stream-mappings.ts';
import { STREAM_POLICY, streamPolicy } from './stream/stream-policy.ts';
import { STREAM_SETTINGS, streamSettings } from './stream/stream-settings.ts';
import { STREAM_TEMPLATE, streamTemplate } from './stream/stream-template.ts';

/**
 * The assets that must exist, in the order in which they must be created.
 *
 * @param hasFleetPackage true if the assets of Elastic's own integration are installed
 * @returns the assets, and lines for the report about assets that are left to others
 */
export function planAssets(
  context: AssetContext,
  hasFleetPackage: boolean,
): { assets: readonly Asset[]; left: readonly AssetReport[] } {
  const own = ownAssets(context);
  const left = indicatorsLeft(context, hasFleetPackage);
  return left === null
    ? { assets: [...own, ...indicatorAssets(context)], left: [] }
    : { assets: own, left: [{ asset: 'assets of the indicators', ...left }] };
}

/** State, rejects and runs of the program: needed in every mode. */
function ownAssets(context: AssetContext): Asset[] {
  return [
    indexTemplate(STATE_TEMPLATE, stateTemplate(context)),
    indexTemplate(REJECT_TEMPLATE, rejectTemplate),
    indexTemplate(RUN_TEMPLATE, runTemplate),
    indexOf(stateIndex(context.namespace)),
  ];
}

/** The data stream, the latest index, and the transform between them. */
function indicatorAssets(context: AssetContext): Asset[] {
  return [
    ingestPipeline(INGESTED_PIPELINE, ingestedPipeline),
    ...(context.flavour === 'serverless' ? [] : [ilmPolicy(STREAM_POLICY, streamPolicy(context))]),
    componentTemplate(STREAM_SETTINGS, streamSettings(context)),
    componentTemplate(STREAM_MAPPINGS, streamMappings),
    indexTemplate(STREAM_TEMPLATE, streamTemplate),
    componentTemplate(LATEST_SETTINGS, latestSettings),
    componentTemplate(LATEST_MAPPINGS, latestMappings),
    indexTemplate(LATEST_TEMPLATE, latestTemplate),
    dataStreamOf(dataStream(context.namespace)), // the transform needs its source
    transform(LATEST_TRANSFORM, latestTransform(context)),
  ];
}

/** The reason why the program leaves the assets of the indicators alone; `null` if it owns them. */
function indicatorsLeft(
  { assets }: AssetContext,
  hasFleetPackage: boolean,
): Pick<AssetReport, 'state' | 'detail'> | null {
  if (assets === 'takeover') {
    return {
      state: 'blocked',
      detail:
        'ES_ASSETS=takeover cannot be done yet: set own if Elastic’s ti_threatconnect package is not ' +
        'installed, feed-only if it is; nothing was changed',
    };
  }
  if (assets === 'feed-only') {
    return hasFleetPackage
      ? { state: 'ok', detail: 'left to Elastic’s ti_threatconnect package (ES_ASSETS=feed-only)' }
      : {
          state: 'blocked',
          detail:
            'ES_ASSETS=feed-only leaves them to Elastic’s ti_threatconnect package, which is not installed: ' +
            'install its assets in Kibana, or set ES_ASSETS=own',
        };
  }
  return hasFleetPackage
    ? {
        state: 'blocked',
        detail:
          'Elastic’s ti_threatconnect package is installed, and its templates win over ours: set ' +
          'ES_ASSETS=feed-only to write documents into its data stream, or uninstall it ' +
          '(ES_ASSETS=takeover cannot be done yet); nothing was changed',
      }
    : null;
}
