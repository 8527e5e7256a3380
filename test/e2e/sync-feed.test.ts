import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isEqual, toSentence } from '../../demo/compare.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { SECRET, startLine, type Line } from './line.ts';

const RECORDS = 3_000;
const PAGE_SIZE = 100;
/** Each worker process asks once whether a page can begin behind an id. */
const PROBE = 1;
/** Where everything is read, the plan begins at the oldest record. */
const OLDEST = 1;
const RUN = {
  workflowId: 'tcsync/default/default/run',
  taskQueue: 'tcsync-default',
  args: [{ feed: 'default', pageSize: PAGE_SIZE }] as Parameters<typeof syncFeed>,
};

describe('the whole line', () => {
  let line: Line;
  before(async () => {
    line = await startLine({
      records: RECORDS,
      // small enough for several continue-as-new within one run
      dynamicConfig: ['limit.historyCount.suggestContinueAsNew=120'],
    });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
  });
  after(() => line.stop());

  test('if a worker is killed in the middle of a run, only the pages in flight are read again', async () => {
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 14,
      times: 1,
      fault: { kind: 'hold' },
    });
    const handle = await line.temporal.workflow.start<typeof syncFeed>('syncFeed', RUN);
    await until('page 15 is asked for', async () => {
      const { held } = await line.source.get<{ held: number }>('/_sim/faults');
      return held === 1;
    });
    await line.processes.kill('the worker');
    await line.source.delete('/_sim/faults');
    await line.startWorker();
    const { counts, watermark, window } = await handle.result();
    const comparison = await line.compare();
    assert.ok(isEqual(comparison), toSentence(comparison));
    assert.equal(counts.read, comparison.source);
    // the answer to the write of the other lane may be lost
    assert.equal(counts.created + counts.duplicate, comparison.source);
    assert.ok(counts.duplicate <= PAGE_SIZE);
    assert.equal(watermark, window.to);
    const { requests } = await line.source.get<{ requests: { page: number } }>('/_sim/counters');
    const again = requests.page - counts.pages - PROBE - OLDEST;
    assert.ok(again === 1 || again === 2, `${again} pages were read again by two lanes`);
  });

  test('after SIGTERM the open page ends, and another worker continues after it', async () => {
    await line.source.post('/_sim/counters/reset');
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 2,
      times: 1,
      fault: { kind: 'hold' },
    });
    const handle = await line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      ...RUN,
      workflowId: `${RUN.workflowId}/2020`,
      args: [{ feed: 'default', from: '2020-01-01T00:00:00Z', pageSize: 500 }],
    });
    await until('page 3 is asked for', async () => {
      const { held } = await line.source.get<{ held: number }>('/_sim/faults');
      return held === 1;
    });
    const stopped = line.processes.stop('the worker');
    await line.source.delete('/_sim/faults');
    assert.equal(await stopped, 0);
    await line.startWorker();
    const { counts } = await handle.result();
    assert.equal(counts.created, 0);
    const { requests } = await line.source.get<{ requests: { page: number } }>('/_sim/counters');
    assert.equal(requests.page, counts.pages + PROBE);
  });

  test('the history holds no record and no secret, and at most eight events per page', async () => {
    const runs: { runId: string; text: string; events: number; pages: number }[] = [];
    const query = `WorkflowId = "${RUN.workflowId}"`;
    for await (const { runId } of line.temporal.workflow.list({ query })) {
      const handle = line.temporal.workflow.getHandle(RUN.workflowId, runId);
      const { events } = await handle.fetchHistory();
      const scheduled = (events ?? []).filter(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'syncPage',
      );
      runs.push({
        runId,
        text: textOf(events),
        events: events?.length ?? 0,
        pages: scheduled.length,
      });
    }
    assert.ok(runs.length > 1, 'the run has continued as new');
    const pages = runs.reduce((sum, run) => sum + run.pages, 0);
    const events = runs.reduce((sum, run) => sum + run.events, 0);
    // the beginning and the end of each run belong to no page
    const ofRuns = 10 * runs.length;
    assert.ok(events <= 8 * pages + ofRuns, `${events} events for ${pages} pages`);
    const text = runs.map((run) => run.text).join('\n');
    const truth = await line.source.lines<{ summary: string }>('/_sim/truth');
    const secrets = [
      SECRET,
      SECRET.trim(),
      JSON.stringify(SECRET).slice(1, -1),
      Buffer.from(SECRET).toString('base64').replace(/=+$/, ''),
      encodeURIComponent(SECRET),
      new URLSearchParams({ s: SECRET }).toString().slice(2),
      'TC 7:',
    ];
    for (const found of [...secrets, ...truth.map(({ summary }) => summary)]) {
      assert.ok(found.length < 4 || !text.includes(found), `the history holds ${found}`);
    }
  });

  test('a tick of the Schedule copies the newest version of every changed record', async () => {
    await line.source.post('/_sim/mutate', { random: { seed: 5, updates: 40, creates: 10 } });
    assert.ok(!isEqual(await line.compare()));
    await line.source.post('/_sim/clock', { advanceMs: 3_000 }); // behind the safety lag
    await line.temporal.schedule.getHandle('tcsync/default/default').trigger();
    await until('the changes are there', async () => isEqual(await line.compare()));
    // `tcsync run` would follow it
    await until('the run is over', async () => {
      return (await line.temporal.workflow.count('ExecutionStatus = "Running"')).count === 0;
    });
  });

  test('with a wrong secret `tcsync run` fails with the reason, and the watermark does not move', async () => {
    const before = await watermark(line);
    await line.source.post('/_sim/credentials', { secretKey: 'rotated' });
    assert.equal(await line.processes.tcsync(['run'], line.env), 1);
    assert.equal(await watermark(line), before);
    await line.source.post('/_sim/credentials', { secretKey: SECRET });
    assert.equal(await line.processes.tcsync(['run'], line.env), 0);
  });

  test('a bad input fails the run with the reason, and the run does not hang', async () => {
    await assert.rejects(
      line.temporal.workflow.execute('syncFeed', {
        workflowId: 'tcsync/default/default/run/bad',
        taskQueue: 'tcsync-default',
        args: [{ feed: 'default', pageSize: 'many' }],
      }),
      (error) => {
        const { cause } = error as { cause: { type?: string; message: string } };
        assert.equal(cause.type, 'BadInput');
        assert.match(cause.message, /pageSize/);
        return true;
      },
    );
  });
});

async function watermark(line: Line): Promise<string | undefined> {
  const { _source } = await line.elasticsearch.get<{ watermark: string }>({
    index: 'tcsync-state-default',
    id: 'feed:default',
  });
  return _source?.watermark;
}

/** Every text in a history, payloads decoded. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).join('\n');
}
