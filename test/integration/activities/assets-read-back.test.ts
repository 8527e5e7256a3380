import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from '../../stage.ts';

test('an asset that Elasticsearch accepted but did not keep is reported as blocked, not as created', async () => {
  const set = await stage({ records: 1 });
  try {
    await set.elasticsearch.post('/_sim/faults', {
      on: 'ilm',
      after: 2, // whose settings count, and whether the policy exists
      times: 1,
      fault: { kind: 'status', status: 200, body: { acknowledged: true } },
    });
    const report = await set.apply();
    const policy = report.find(({ asset }) => asset.startsWith('ILM policy'));
    assert.equal(policy?.state, 'blocked');
    assert.match(policy.detail ?? '', /accepted the request, but nothing has changed/);
    const again = await set.apply();
    assert.deepEqual(
      again.flatMap(({ asset, state }) => (state === 'ok' ? [] : [[asset, state]])),
      [[policy.asset, 'created']],
    );
  } finally {
    await set.close();
  }
});
