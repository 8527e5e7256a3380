import type { AssetReport } from '../contracts/reconcile-assets.ts';
import { attempt } from './attempt.ts';
import type { Deps } from './deps.ts';
import { allAssets } from './elasticsearch/assets/all.ts';
import { atSink } from './elasticsearch/sink-error.ts';

/** Creates what is missing. With `dryRun` it only tells. Safe to repeat. */
export function reconcileAllAssets(
  deps: Deps,
  { dryRun }: { dryRun: boolean },
): Promise<AssetReport[]> {
  return attempt(async (signal) => {
    await deps.server(signal); // refuses one that is too old
    const report: AssetReport[] = [];
    for (const asset of allAssets(deps.settings.namespace)) {
      const exists = await atSink(`look up ${asset.name}`, signal, () =>
        asset.exists(deps.sink, signal),
      );
      if (!exists && !dryRun) {
        await atSink(`create ${asset.name}`, signal, () => asset.create(deps.sink, signal));
      }
      report.push({
        asset: asset.name,
        state: exists ? 'ok' : dryRun ? 'missing' : 'created',
        detail: null,
      });
    }
    return report;
  });
}
