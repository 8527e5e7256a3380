import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dataStream } from '../../contracts/names.ts';
import { progress } from '../../contracts/messages.ts';
import { isEqual, toSentence } from '../../demo/compare.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { startLine, type Line } from './line.ts';

const RECORDS = 3_000;
const PAGE_SIZE = 50;
const LANES = 2;
/** Each worker process asks once whether a page can begin behind an id. */
const PROBE = 1;
/** Where everything is read, the plan begins at the oldest record. */
const OLDEST = 1;

describe("Temporal's server is killed in the middle of a run", () => {
  let line: Line;
  before(async () => {
    line = await startLine({ records: RECORDS, isTemporalKilled: true });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
  });
  after(() => line.stop());

  test('the run continues with the same worker, and only the pages in flight are read twice', async () => {
    const hold = { on: 'page', after: 12, times: LANES, fault: { kind: 'hold' } };
    await line.source.post('/_sim/faults', hold);
    const handle = await line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId: 'tcsync/default/default/run',
      taskQueue: 'tcsync-default',
      args: [{ feed: 'default', pageSize: PAGE_SIZE, lanes: LANES }],
    });
    await until('both lanes are held', async () => {
      const { held } = await line.source.get<{ held: number }>('/_sim/faults');
      return held === LANES;
    });
    const { count: written } = await line.elasticsearch.count({ index: dataStream('default') });
    const worker = line.processes.pid('the worker');
    await line.killTemporal();
    // the pages end while the worker cannot report it
    await line.source.delete('/_sim/faults');
    await until('the pages are written', async () => {
      const { count } = await line.elasticsearch.count({ index: dataStream('default') });
      return count >= written + LANES * PAGE_SIZE;
    });
    await line.restartTemporal();
    await until(
      'the server answers',
      async () => (await handle.query(progress).catch(() => null)) !== null,
    );
    const { counts, watermark, window } = await handle.result();
    const comparison = await line.compare();
    assert.ok(isEqual(comparison), toSentence(comparison));
    assert.equal(counts.read, comparison.source);
    assert.equal(watermark, window.to);
    const { requests } = await line.source.get<{ requests: { page: number } }>('/_sim/counters');
    const again = requests.page - counts.pages - PROBE - OLDEST;
    assert.ok(again >= 0 && again <= LANES, `${again} pages were read twice`);
    assert.equal(line.processes.pid('the worker'), worker);
    assert.equal((await fetch(`${line.worker.healthUrl}/readyz`)).status, 200);
  });
});
