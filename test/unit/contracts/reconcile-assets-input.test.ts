import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReconcileAssetsInput } from '../../../contracts/reconcile-assets-input.ts';

test('assets are created unless the input asks for a dry run', () => {
  assert.deepEqual(ReconcileAssetsInput.parse({}), { dryRun: false, overrule: false });
  assert.deepEqual(ReconcileAssetsInput.parse({ dryRun: true }), { dryRun: true, overrule: false });
});

for (const input of [null, true, { dryRun: 'true' }, { dry_run: true }]) {
  test(`${JSON.stringify(input)} is refused, and no asset is created`, () => {
    assert.equal(ReconcileAssetsInput.safeParse(input).success, false);
  });
}
