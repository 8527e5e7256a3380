import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  WorkflowFailedError,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { pause, progress, resume, tune } from '../../contracts/messages.ts';
import { taskQueue } from '../../contracts/names.ts';
import { Comparer } from '../moving-source/comparer.ts';
import { MovingSource } from '../moving-source/moving-source.ts';
import { modelSeed } from '../moving-source/seed.ts';
import { LAG_SECONDS, OVERLAP_SECONDS } from '../moving-source/source-steps.ts';
import { stories, type Interval, type Steering } from '../moving-source/story.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { until } from '../stage.ts';
import { startLine, type Line } from './line.ts';

const STORIES = 5;
/** Quiet ones included. */
const RUNS_MIN = 20;
const RECORDS = 40;
/** A saved window, the whole feed, and the next window. */
const QUIET_RUNS = 3;
/** A run is steered or stopped behind this page. */
const STEERED_BEHIND = 2;
const CHANGES_OF_RUN_MIN = 1;

type Handle = WorkflowHandleWithFirstExecutionRunId<typeof syncFeed>;
type Counters = { requests: { page: number }; changesBetweenPages: number };

describe('runs through Temporal, while the source changes', () => {
  let line: Line;
  let source: MovingSource;
  let comparer: Comparer;
  const sums = { runs: 0, pages: 0, changesBetweenPages: 0, stopped: 0, continued: 0 };

  before(async () => {
    line = await startLine({
      records: 0,
      sourceArguments: ['--sim', 'credentials={"apiToken":"a token"}'],
      env: {
        TC_ACCESS_ID: undefined,
        TC_SECRET_KEY: undefined,
        TC_API_TOKEN: 'a token',
        TC_SAFETY_LAG: `${LAG_SECONDS}s`,
        TC_OVERLAP: `${OVERLAP_SECONDS}s`,
      },
      // small enough for several continue-as-new within one run
      dynamicConfig: ['limit.historyCount.suggestContinueAsNew=60'],
    });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
    source = new MovingSource(line.source);
    comparer = new Comparer(line.env.TC_URL ?? '', line.env.ES_URL ?? '');
  });
  after(async () => {
    await comparer.close();
    await line.stop();
  });

  test('after any runs that end, are cancelled or terminated, and quiet ones, every newest version is stored', async (context) => {
    const seed = modelSeed();
    await fc.assert(
      fc.asyncProperty(stories, async ({ loaded, cap, intervals }) => {
        await forget();
        await source.begin(RECORDS);
        if (cap !== null) await source.cap(cap);
        if (loaded) await (await start({ pageSize: 100, lanes: 2, sliceRecords: 50_000 })).result();
        for (const interval of intervals) await play(interval);
        await source.quiet();
        for (let run = 0; run < QUIET_RUNS; run += 1) {
          await (await start({ pageSize: 8, lanes: 2, sliceRecords: 16 })).result();
        }
        const { missing, stale } = await comparer.compare();
        assert.deepEqual({ missing, stale }, { missing: [], stale: [] });
      }),
      { numRuns: STORIES, seed, endOnFailure: true },
    );
    context.diagnostic(
      `seed ${seed}: ${STORIES} stories, ${sums.runs} runs and ${STORIES * QUIET_RUNS} quiet ones, ${sums.stopped} stopped, ` +
        `${sums.continued} continued as new, ${sums.pages} pages, ${sums.changesBetweenPages} changes between two pages of one run`,
    );
    assert.ok(sums.runs + STORIES * QUIET_RUNS >= RUNS_MIN);
    assert.ok(sums.changesBetweenPages >= CHANGES_OF_RUN_MIN * sums.runs);
  });

  let numbers = 0;
  function start(widths: {
    pageSize: number;
    lanes: number;
    sliceRecords: number;
  }): Promise<Handle> {
    return line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId: `tcsync/default/default/run/model-${(numbers += 1)}`,
      taskQueue: taskQueue('default'),
      args: [{ feed: 'default', ...widths }],
    });
  }

  /** Deletes the feed's state, as a person does to read everything again. */
  async function forget(): Promise<void> {
    for (const id of ['feed:default', 'unfinished:default']) {
      await line.elasticsearch.delete({ index: 'tcsync-state-default', id }, { ignore: [404] });
    }
  }

  async function play({ before, forgets, run, steering, between, how }: Interval): Promise<void> {
    for (const step of before) await source.do(step);
    if (forgets) await forget();
    await line.source.post('/_sim/counters/reset');
    for (const [index, { step }] of between.entries()) await source.do(step, index + 1);
    const { apart: _apart, ...widths } = run ?? {
      apart: null,
      pageSize: 2,
      lanes: 2,
      sliceRecords: 6,
    };
    const handle = await start(widths);
    const result = handle.result().then(
      () => 'ended',
      (error: unknown) => error,
    );
    const stops = how === 'save' || how === 'terminate' || how === 'lose';
    if (stops || steering !== null) {
      await reached(handle, STEERED_BEHIND);
      if (steering !== null) await steer(handle, steering);
      // it may have ended meanwhile
      if (stops) await (how === 'save' ? handle.cancel() : handle.terminate()).catch(() => null);
    }
    const ended = await result;
    if (ended !== 'ended' && !(stops && wasStopped(ended))) throw ended;
    const counters = await line.source.get<Counters>('/_sim/counters');
    await source.endScripts();
    sums.runs += 1;
    sums.pages += counters.requests.page;
    sums.changesBetweenPages += counters.changesBetweenPages;
    if (ended !== 'ended') sums.stopped += 1;
    const { runId } = await line.temporal.workflow.getHandle(handle.workflowId).describe();
    if (runId !== handle.firstExecutionRunId) sums.continued += 1;
  }

  /** Waits until the run has read so many pages, or has ended. */
  async function reached(handle: Handle, pages: number): Promise<void> {
    await until(`${handle.workflowId} has read ${pages} pages`, async () => {
      const { requests } = await line.source.get<Counters>('/_sim/counters');
      if (requests.page >= pages) return true;
      return (await latest(handle).describe()).status.name !== 'RUNNING';
    });
  }

  /** The run that continues it now. */
  function latest({ workflowId }: Handle) {
    return line.temporal.workflow.getHandle<typeof syncFeed>(workflowId);
  }

  async function steer(handle: Handle, steering: Steering): Promise<void> {
    const run = latest(handle);
    try {
      if (steering.do === 'tune') {
        const { pageSize, lanes } = steering;
        await run.executeUpdate(tune, { args: [{ pageSize, lanes }] });
      } else {
        await run.signal(pause, 'a story');
        await run.query(progress);
        await run.signal(resume);
      }
    } catch (error) {
      if ((await run.describe()).status.name === 'RUNNING') throw error; // it has not ended meanwhile
    }
  }
});

function wasStopped(error: unknown): boolean {
  return (
    error instanceof WorkflowFailedError &&
    ['CancelledFailure', 'TerminatedFailure'].includes(error.cause?.name ?? '')
  );
}
