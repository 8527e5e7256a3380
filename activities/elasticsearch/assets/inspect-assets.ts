import type { Client } from '@elastic/elasticsearch';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { atSink } from '../sink-error.ts';
import { planAssets } from './all.ts';
import type { Asset, Inspection } from './asset.ts';
import { hasFleetPackage } from './fleet.ts';
import type { AssetContext } from './asset-context.ts';

/**
 * Inspects one asset after the other, in the order in which they must be created. Changes nothing. It inspects an asset
 * only when the caller has dealt with the one before.
 */
export async function* inspectAssets(
  sink: Client,
  context: AssetContext,
  signal: AbortSignal,
): AsyncGenerator<{ asset: Asset; inspection: Inspection } | { left: AssetReport }> {
  const isFleets = await atSink('look for Elastic’s package', signal, () =>
    hasFleetPackage(sink, signal),
  );
  const { assets, left } = planAssets(context, isFleets);
  for (const report of left) yield { left: report };
  for (const asset of assets) {
    const inspection = await atSink(`look up ${asset.name}`, signal, () =>
      asset.inspect(sink, signal),
    );
    yield { asset, inspection };
  }
}
