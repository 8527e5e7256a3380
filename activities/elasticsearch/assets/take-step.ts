import type { Client } from '@elastic/elasticsearch';
import type { AssetReport, AssetStep } from '../../../contracts/reconcile-assets-input.ts';
import { SinkForbiddenError } from '../../../contracts/errors.ts';
import { replacementWorkflowId } from '../../../contracts/names.ts';
import { ASSETS } from './all.ts';
import type { Asset } from './asset.ts';
import type { AssetContext, PlanContext } from './asset-context.ts';
import {
  currentGeneration,
  FIRST_GENERATION,
  indicesBehindAlias,
  type Generation,
} from './latest/generation.ts';
import { lookAtMode } from './look-at-mode.ts';
import type { Mode } from './mode.ts';
import { buildingFor, builds, type Building } from './latest/mark.ts';
import { earlierBuilds } from './latest/superseded.ts';
import { settingsInEffect } from './namespaces/settings-in-effect.ts';
import { reconcileAsset } from './reconcile-asset.ts';
import { takeoverAssets } from './takeover/takeover-assets.ts';
import { undoTakeover } from './takeover/undo.ts';

type Asked = {
  step: AssetStep;
  overrule: boolean;
  /** Whether a workflow of this namespace has not ended; `null` if nobody can be asked. */
  isOpen: ((workflowId: string) => Promise<boolean>) | null;
};

/** Reconciles the assets of one step, one after the other; reports one line per asset. */
export async function takeStep(
  sink: Client,
  context: AssetContext,
  { dryRun, ...asked }: Asked & { dryRun: boolean },
  signal: AbortSignal,
): Promise<AssetReport[]> {
  const { reports, assets } = await planStep(sink, context, asked, signal).catch(
    (error: unknown) => {
      if (!(error instanceof SinkForbiddenError)) throw error;
      return { reports: [notPlanned(asked.step, error.message)], assets: [] };
    },
  );
  for (const asset of assets) {
    const report = await reconcileAsset(sink, asset, { dryRun }, signal);
    const isNothing = report.state === 'ok' && report.detail === null;
    if (!asset.isQuiet || !isNothing) reports.push(report);
  }
  return reports;
}

/** The assets of a step, and lines for the report about assets that are left to others. */
async function planStep(
  sink: Client,
  context: AssetContext,
  { step, overrule, isOpen }: Asked,
  signal: AbortSignal,
): Promise<{ reports: AssetReport[]; assets: Asset[] }> {
  if (step === 'own') {
    // needed in every mode
    const plan: PlanContext = { ...context, latest: FIRST_GENERATION, readers: 'own' };
    return { reports: [], assets: ASSETS.own(plan) };
  }
  const { fleet, mode } = await lookAtMode(sink, context, { overrule }, signal);
  const reports = step === 'mode' && mode.report !== null ? [mode.report] : [];
  if (mode.kind === 'left') return { reports, assets: [] };
  if (step === 'mode' && mode.kind !== 'feed-only') return { reports, assets: [] };
  const found = await planOf(sink, context, { step, mode }, signal);
  if (step === 'mode' || mode.kind === 'feed-only') {
    const isDue = step === 'mode' && fleet !== null;
    return { reports, assets: isDue ? undoTakeover(found) : [] };
  }
  const { plan, reports: told } = await settingsInEffect(sink, found, { step, overrule }, signal);
  if (step === 'superseded') return { reports, assets: await earlierBuilds(sink, plan, signal) };
  if (step === 'latest' || step === 'transform') {
    const building = buildingFor(plan.latest, await builds(sink, signal));
    if (building !== null) {
      // another namespace may have another Temporal
      const isOwn = building.mark.by === replacementWorkflowId(context.namespace);
      const isEnded = isOwn && isOpen !== null && !(await isOpen(building.mark.by));
      const report = leftToReplacement(step, plan.latest, { building, isEnded });
      return { reports: [report], assets: [] };
    }
  }
  const assets =
    fleet !== null && mode.kind === 'takeover'
      ? takeoverAssets(step, plan, fleet)
      : ASSETS[step](plan);
  return { reports: [...reports, ...told], assets };
}

async function planOf(
  sink: Client,
  context: AssetContext,
  { step, mode }: { step: AssetStep; mode: Mode },
  signal: AbortSignal,
): Promise<PlanContext> {
  const latest = await findLatest(sink, step, signal);
  if (mode.kind !== 'takeover') return { ...context, latest, readers: 'own' };
  const behind = await indicesBehindAlias(sink, signal);
  const isOurs = behind.length > 0 && behind.every((index) => index === latest.index);
  return { ...context, latest, readers: isOurs ? 'own' : 'others' };
}

/**
 * A replacement stops and starts both transforms itself. If its workflow was terminated, nobody does, and the index that
 * readers see may stand still.
 */
function leftToReplacement(
  step: 'latest' | 'transform',
  latest: Generation,
  { building: { index, mark }, isEnded }: { building: Building; isEnded: boolean },
): AssetReport {
  const command = `\`tcsync apply ${mark.kind === 'undo' ? '--undo' : '--replace-latest'}\``;
  const what = `it is being replaced by ${index} since ${mark.since}`;
  return {
    asset: step === 'latest' ? `index ${latest.index}` : `transform ${latest.transform}`,
    state: isEnded ? 'blocked' : 'ok',
    changes: [],
    detail: isEnded
      ? `${what}, but the workflow ${mark.by} was ended from outside, and nobody continues it: ${command} does`
      : `left as it is: ${what} (workflow ${mark.by}); ${command} follows the replacement, or continues one that was ended`,
  };
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
