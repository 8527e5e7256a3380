import type { Client } from '@elastic/elasticsearch';
import { due, OK, type Asset } from '../asset.ts';
import type { FleetPackage } from './fleet-package.ts';

/** Transforms of the integration do not run while the program serves the readers: they would move the alias back. */
export function fleetTransforms(fleet: FleetPackage): Asset {
  const running = fleet.transforms.filter(({ state }) => state !== 'stopped');
  return {
    name: 'transforms of Elastic’s package',
    body: null,
    inspect: async (sink, signal) => {
      if (running.length === 0) return OK;
      return due({
        becomes: 'repaired',
        changes: running.map(
          ({ id }) => `${id} is stopped; Fleet starts it again after an upgrade`,
        ),
        act: () => stopTransforms(sink, fleet, signal),
      });
    },
  };
}

export async function stopTransforms(
  sink: Client,
  { transforms }: Pick<FleetPackage, 'transforms'>,
  signal: AbortSignal,
): Promise<void> {
  for (const { id, state } of transforms) {
    if (state === 'stopped') continue;
    await sink.transform.stopTransform(
      { transform_id: id, wait_for_completion: true, force: state === 'failed' },
      { signal },
    );
  }
}
