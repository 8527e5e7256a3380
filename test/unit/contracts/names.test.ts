import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assetsWorkflowId,
  dataStream,
  deploymentName,
  pagesTaskQueue,
  runWorkflowId,
  scheduleId,
  stateIndex,
  taskQueue,
} from '../../../contracts/names.ts';

const FROM = '2026-01-01T00:00:00Z';
const TO = '2026-01-02T00:00:00Z';

// other programs, dashboards and open runs use these names
for (const [what, name, expected] of [
  ['the task queue', taskQueue('prod'), 'tcsync-prod'],
  ['the pages’ task queue', pagesTaskQueue(taskQueue('prod')), 'tcsync-prod-pages'],
  ['the workers’ deployment', deploymentName('prod.eu'), 'tcsync-prod-eu'],
  ['a feed’s Schedule', scheduleId('prod', 'default'), 'tcsync/prod/default'],
  [
    'a run of a window',
    runWorkflowId('prod', 'default', { from: FROM, to: TO }),
    'tcsync/prod/default/run/2026-01-01T00:00:00Z..2026-01-02T00:00:00Z',
  ],
  [
    'a run since a time',
    runWorkflowId('prod', 'default', { from: FROM }),
    'tcsync/prod/default/run/2026-01-01T00:00:00Z..',
  ],
  ['the run of the assets', assetsWorkflowId('prod'), 'tcsync/prod/assets'],
  ['the data stream', dataStream('prod'), 'logs-ti_threatconnect.indicator-prod'],
  ['the state index', stateIndex('prod'), 'tcsync-state-prod'],
] as const) {
  test(`${what} is called ${expected}`, () => assert.equal(name, expected));
}
