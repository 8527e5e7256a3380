import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '../../../../activities/temporal/runs.ts';
import { runAhead } from '../../../../activities/temporal/refuse-second-run.ts';

const EARLIER = '2026-01-31T11:59:59.999Z';
const NOON = '2026-01-31T12:00:00.000Z';
const LATER = '2026-01-31T12:00:00.001Z';

const OWN = { feed: 'default', runId: 'm', startedAt: NOON };

function run(changes: Partial<Run> = {}): Run {
  return {
    workflowId: 'other',
    runId: 'a',
    startedAt: EARLIER,
    parentId: null,
    feed: 'default',
    isApart: false,
    isContinued: false,
    ...changes,
  };
}

for (const [what, other, isAhead] of [
  ['one that started earlier', run(), true],
  ['one that started later', run({ startedAt: LATER }), false],
  [
    'one that started later and has continued as new',
    run({ startedAt: LATER, isContinued: true }),
    true,
  ],
  ['one of the same millisecond with a smaller run id', run({ startedAt: NOON }), true],
  [
    'one of the same millisecond with a greater run id',
    run({ startedAt: NOON, runId: 'z' }),
    false,
  ],
  ['one with an explicit window', run({ isApart: true }), false],
  ['one of another feed', run({ feed: 'other' }), false],
  ['one whose input cannot be read', run({ feed: null }), false],
  ['the run itself', run({ runId: 'm' }), false],
] as const) {
  test(`a run ${isAhead ? 'gives way to' : 'begins beside'} ${what}`, () => {
    assert.equal(runAhead(OWN, [other]), isAhead ? other : null);
  });
}

test('of two runs exactly one begins, also if their own clocks and the list differ', () => {
  const first = run({ runId: 'a', startedAt: EARLIER });
  const second = run({ runId: 'b', startedAt: LATER });
  const runs = [first, second];
  assert.equal(runAhead({ feed: 'default', runId: 'a', startedAt: LATER }, runs), null);
  assert.equal(runAhead({ feed: 'default', runId: 'b', startedAt: EARLIER }, runs), first);
});
