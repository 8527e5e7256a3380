import type { Client } from '@elastic/elasticsearch';
import type { AssetReport, AssetStep } from '../../../contracts/reconcile-assets-input.ts';
import { atSink } from '../sink-error.ts';
import { ASSETS } from './all.ts';
import type { Asset } from './asset.ts';
import type { AssetContext } from './asset-context.ts';
import { hasFleetPackage } from './fleet.ts';
import { currentGeneration, FIRST_GENERATION } from './latest/generation.ts';
import { decideMode } from './mode.ts';
import { reconcileAsset } from './reconcile-asset.ts';

/** Reconciles the assets of one step, one after the other; reports one line per asset. */
export async function takeStep(
  sink: Client,
  context: AssetContext,
  { step, dryRun }: { step: AssetStep; dryRun: boolean },
  signal: AbortSignal,
): Promise<AssetReport[]> {
  const { reports, assets } = await planStep(sink, context, step, signal);
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
  const isFleets = await atSink('look for Elastic’s package', signal, () =>
    hasFleetPackage(sink, signal),
  );
  const { isOwn, report } = decideMode(context, isFleets);
  if (step === 'mode') return { reports: report === null ? [] : [report], assets: [] };
  if (step !== 'own' && !isOwn) return { reports: [], assets: [] };
  const latest = isOwn ? await currentGeneration(sink, signal) : FIRST_GENERATION;
  return { reports: [], assets: ASSETS[step]({ ...context, latest }) };
}
