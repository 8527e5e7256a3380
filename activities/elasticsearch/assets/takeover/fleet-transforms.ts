import type { Client } from '@elastic/elasticsearch';
import { due, OK, type Asset } from '../asset.ts';
import { lookAtTransforms } from './fleet-package.ts';

/** Transforms of the integration do not run while the program serves the readers: they would move the alias back. */
export const fleetTransforms: Asset = {
  name: 'transforms of Elastic’s package',
  body: null,
  inspect: async (sink, signal) => {
    const { transforms } = await lookAtTransforms(sink, signal);
    const running = transforms.filter(({ state }) => state !== 'stopped');
    if (running.length === 0) return OK;
    return due({
      becomes: 'repaired',
      changes: running.map(({ id }) => `${id} is stopped; Fleet starts it again after an upgrade`),
      act: () => stopFleet(sink, signal),
    });
  },
};

export async function stopFleet(sink: Client, signal: AbortSignal): Promise<void> {
  const { transforms } = await lookAtTransforms(sink, signal);
  for (const { id, state } of transforms) {
    if (state === 'stopped') continue;
    await sink.transform.stopTransform(
      { transform_id: id, wait_for_completion: true, force: state === 'failed' },
      { signal },
    );
  }
}
