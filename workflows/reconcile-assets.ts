import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { ReconcileAssetsInput, type AssetReport } from '../contracts/reconcile-assets-input.ts';
import { parseInput } from './parse-input.ts';

const { reconcileAllAssets } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 second', maximumInterval: '2 minutes' },
});

/** Creates the assets that are missing in Elasticsearch; reports one line per asset. */
export async function reconcileAssets(input: ReconcileAssetsInput): Promise<AssetReport[]> {
  return reconcileAllAssets(parseInput(ReconcileAssetsInput, input));
}
