import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReconcileAssetsInput } from '../../../contracts/reconcile-assets-input.ts';

test('assets are really created unless a dry run is asked for', () => {
  assert.deepEqual(ReconcileAssetsInput.parse({}), { dryRun: false });
  assert.deepEqual(ReconcileAssetsInput.parse({ dryRun: true }), { dryRun: true });
});

for (const input of [null, true, { dryRun: 'true' }, { dry_run: true }]) {
  test(`${JSON.stringify(input)} is refused, not taken for a real run`, () => {
    assert.equal(ReconcileAssetsInput.safeParse(input).success, false);
  });
}
