import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toOutcome } from '../../../client/check/version.ts';

const VERSIONS = {
  place: { namespace: 'default', address: 'temporal.example:7233' },
  deployment: 'tcsync-default',
  current: 'b2',
  polled: ['b1', 'b2'],
  buildId: 'b2',
};
const COMMAND =
  'temporal worker deployment set-current-version --deployment-name tcsync-default --build-id b2 --namespace default --address temporal.example:7233';

test('a version that is current and has a worker is ok', () => {
  assert.equal(toOutcome(VERSIONS).state, 'ok');
});

for (const [what, current, detail] of [
  ['without a current version runs wait', null, 'no version of tcsync-default is current'],
  ['a current version without a worker is reported', 'b0', 'but no worker polls for it'],
  ['another current version is reported', 'b1', 'is current, not b2'],
] as const) {
  test(`${what}, with the command that makes this one current`, () => {
    const outcome = toOutcome({ ...VERSIONS, current });
    assert.equal(outcome.state, 'warning');
    assert.ok(outcome.detail.includes(detail), outcome.detail);
    assert.ok(outcome.remedy?.endsWith(COMMAND), outcome.remedy ?? '');
  });
}

test('the command that makes a version current is only given if a worker polls for it', () => {
  const { remedy } = toOutcome({ ...VERSIONS, current: 'b1', polled: ['b1'] });
  assert.match(remedy ?? '', /^Start a worker with TCSYNC_BUILD_ID=b2 /);
});
