import type { Client } from '@elastic/elasticsearch';
import type { AssetReport, AssetStep } from '../../../contracts/reconcile-assets-input.ts';
import { SinkForbiddenError } from '../../../contracts/errors.ts';
import { atSink } from '../sink-error.ts';
import { ASSETS } from './all.ts';
import type { Asset } from './asset.ts';
import type { AssetContext } from './asset-context.ts';
import { hasFleetPackage } from './fleet.ts';
import { currentGeneration, FIRST_GENERATION, type Generation } from './latest/generation.ts';
import { decideMode } from './mode.ts';
import { reconcileAsset } from './reconcile-asset.ts';

/** Reconciles the assets of one step, one after the other; reports one line per asset. */
export async function takeStep(
  sink: Client,
  context: AssetContext,
  { step, dryRun }: { step: AssetStep; dryRun: boolean },
  signal: AbortSignal,
): Promise<AssetReport[]> {
  const { reports, assets } = await planStep(sink, context, step, signal).catch(
    (error: unknown) => {
      if (!(error instanceof SinkForbiddenError)) throw error;
      return { reports: [notPlanned(step, error.message)], assets: [] };
    },
  );
  for (const asset of assets) {
    reports.push(await reconcileAsset(sink, asset, { dryRun }, signal));
  }
  return reports;
}

/** The assets of a step, and lines for the report about assets that are left to others. */
async function planStep(
  sink: Client,
  context: AssetContext,
  step: AssetStep,
  signal: AbortSignal,
): Promise<{ reports: AssetReport[]; assets: Asset[] }> {
  // needed in every mode
  if (step === 'own') {
    return { reports: [], assets: ASSETS.own({ ...context, latest: FIRST_GENERATION }) };
  }
  const isFleets = await atSink('look for Elastic’s package', signal, () =>
    hasFleetPackage(sink, signal),
  );
  const { isOwn, report } = decideMode(context, isFleets);
  if (step === 'mode') return { reports: report === null ? [] : [report], assets: [] };
  if (!isOwn) return { reports: [], assets: [] };
  const latest = await findLatest(sink, step, signal);
  return { reports: [], assets: ASSETS[step]({ ...context, latest }) };
}

/** The steps whose assets are about one latest index. */
const ABOUT_LATEST: ReadonlySet<AssetStep> = new Set(['latest', 'transform']);

/** The other steps are taken even if the privilege to find the latest index is missing. */
async function findLatest(sink: Client, step: AssetStep, signal: AbortSignal): Promise<Generation> {
  try {
    return await currentGeneration(sink, signal);
  } catch (error) {
    if (!(error instanceof SinkForbiddenError) || ABOUT_LATEST.has(step)) throw error;
    return FIRST_GENERATION;
  }
}

function notPlanned(step: AssetStep, detail: string): AssetReport {
  return { asset: `assets of the step ${step}`, state: 'blocked', changes: [], detail };
}
