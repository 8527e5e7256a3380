import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultPayloadConverter } from '@temporalio/common';
import { pause, progress, resume, tune } from '../../contracts/messages.ts';
import type { SyncFeedInput } from '../../contracts/sync-feed-input.ts';
import { isEqual, toSentence } from '../../demo/compare.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { startLine, type Line } from './line.ts';

const RECORDS = 2_000;
const PAGE_SIZE = 20;
const LANES = 3;
/** Events after which the server suggests it: about six pages. */
const EVENTS = 60;
/** The time that open pages get. */
const DRAIN_MS = 60_000;

type Handle = Awaited<ReturnType<typeof start>>;

function start(line: Line, id: string, input: Partial<SyncFeedInput>) {
  return line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
    workflowId: `tcsync/default/default/run${id}`,
    taskQueue: 'tcsync-default',
    args: [{ feed: 'default', pageSize: PAGE_SIZE, lanes: LANES, ...input }],
  });
}

describe('a run that continues as new', () => {
  let line: Line;
  /** Reads the whole feed; the source holds one of its first pages. */
  let drained: Handle;
  before(async () => {
    line = await startLine({
      records: RECORDS,
      dynamicConfig: [`limit.historyCount.suggestContinueAsNew=${EVENTS}`],
    });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
    const hold = { on: 'page', after: 4, times: 1, fault: { kind: 'hold' } };
    await line.source.post('/_sim/faults', hold);
    drained = await start(line, '', {});
    await until('a page is held', async () => (await held()) === 1);
  });
  after(() => line.stop());

  async function held(): Promise<number> {
    return (await line.source.get<{ held: number }>('/_sim/faults')).held;
  }

  async function runId(handle: Handle): Promise<string> {
    return (await handle.describe()).runId;
  }

  test('loses no signal: it reads everything while it is paused and resumed all the time', async () => {
    const handle = await start(line, '/signalled', { from: '2020-01-01T00:00:00Z', pageSize: 50 });
    const runs = new Set<string>();
    for (let told = 1; ; told += 1) {
      const { runId: run, status } = await handle.describe();
      if (status.name !== 'RUNNING') break;
      runs.add(run);
      await handle.signal(pause, `pause ${told}`).catch(ignoreClosed);
      // if this signal is lost, the run stays paused for ever
      await handle.signal(resume).catch(ignoreClosed);
    }
    const { counts } = await handle.result();
    const { source } = await line.compare();
    assert.equal(counts.read, source);
    assert.ok(runs.size > 2, `${runs.size} runs`);
  });

  test('stays paused, and keeps its tuning', async () => {
    const handle = await start(line, '/paused', { from: '2020-01-01T00:00:00Z', pageSize: 100 });
    await handle.signal(pause, 'an upgrade');
    await handle.executeUpdate(tune, { args: [{ pageSize: 150, lanes: 2 }] });
    const first = await runId(handle);
    await until('it has continued as new', async () => {
      await handle.signal(pause, 'an upgrade');
      return (await runId(handle)) !== first;
    });
    const carried = await handle.query(progress);
    assert.ok(carried !== null);
    assert.equal(carried.paused, 'an upgrade');
    assert.deepEqual([carried.pageSizeMax, carried.lanes], [150, 2]);
    await handle.signal(resume);
    const { counts } = await handle.result();
    assert.equal(counts.read, (await line.compare()).source);
  });

  test('cancels a page that does not arrive in time, and carries over its progress', async () => {
    const { workflowId, firstExecutionRunId } = drained;
    const first = line.temporal.workflow.getHandle<typeof syncFeed>(
      workflowId,
      firstExecutionRunId,
    );
    await until(
      'it has continued as new',
      async () => (await runId(drained)) !== firstExecutionRunId,
    );
    const reached = await first.query(progress);
    const events = (await first.fetchHistory()).events ?? [];
    const { input } = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes ?? {};
    const [carried] = input?.payloads ?? [];
    assert.ok(carried);
    assert.deepEqual(defaultPayloadConverter.fromPayload(carried), {
      feed: 'default',
      resume: reached,
    });
    assert.ok(reached !== null);
    assert.ok(reached.slices.some(({ position }) => position.cursor !== null));

    const at = (found: (event: (typeof events)[number]) => unknown) => events.findIndex(found);
    const drain = at((event) => event.timerStartedEventAttributes);
    const fired = at((event) => event.timerFiredEventAttributes);
    const cancelled = at((event) => event.activityTaskCanceledEventAttributes);
    assert.ok(drain > 0 && drain < fired && fired < cancelled, `${drain}, ${fired}, ${cancelled}`);
    const { startToFireTimeout } = events[drain]?.timerStartedEventAttributes ?? {};
    assert.equal(Number(startToFireTimeout?.seconds) * 1_000, DRAIN_MS);
    const late = events.slice(drain).filter((event) => event.activityTaskScheduledEventAttributes);
    assert.equal(late.length, 0, 'no page was begun any more');

    const { counts, window, watermark } = await drained.result();
    const comparison = await line.compare();
    assert.ok(isEqual(comparison), toSentence(comparison));
    assert.equal(counts.read, comparison.source);
    assert.equal(watermark, window.to);
    assert.deepEqual(window, reached.window);
  });
});

function ignoreClosed(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
}
