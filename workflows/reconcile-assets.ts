import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import {
  ASSET_STEPS,
  ReconcileAssetsInput,
  WORKER_SETTINGS,
  type AssetReport,
} from '../contracts/reconcile-assets-input.ts';
import { parseInput } from './parse-input.ts';

const { reconcileStep } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 second', maximumInterval: '2 minutes' },
});

/** Brings the assets in Elasticsearch into their wanted state; reports one line per asset. */
export async function reconcileAssets(input: ReconcileAssetsInput): Promise<AssetReport[]> {
  const { dryRun, overrule, settingsCode } = parseInput(ReconcileAssetsInput, input);
  const reports: AssetReport[] = [];
  for (const step of ASSET_STEPS) {
    const ofStep = await reconcileStep({ step, dryRun, overrule, settingsCode });
    // a worker with other settings would report about other assets
    if (ofStep.some(({ asset }) => asset === WORKER_SETTINGS)) return ofStep;
    reports.push(...ofStep);
  }
  return reports;
}
