import assert from 'node:assert/strict';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import type { Stage } from '../../stage.ts';

/** Lines about assets that are not as they should be. */
export function odd(reports: readonly AssetReport[]): AssetReport[] {
  return reports.filter(({ state, detail }) => state !== 'ok' || detail !== null);
}

/** Applies, and proves that it sends no writing request. */
export async function writingNothing(set: Stage): Promise<AssetReport[]> {
  await set.elasticsearch.post('/_sim/counters/reset');
  const reports = await set.apply();
  const { writes } = await set.elasticsearch.get<{ writes: string[] }>('/_sim/counters');
  assert.deepEqual(writes, []);
  return reports;
}

/** One line per asset that is not as it should be, and what it says. */
export function told(reports: readonly AssetReport[]): string[] {
  return odd(reports).map(({ asset, state, changes, detail }) =>
    [`${asset}: ${state}`, ...changes, ...(detail === null ? [] : [detail])].join('; '),
  );
}
