import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, ScheduleOverlapPolicy, type WorkflowHandle } from '@temporalio/client';
import { createActivities } from '../../activities/index.ts';
import { Temporal } from '../../activities/temporal/temporal.ts';
import type { Status } from '../../client/status/make-status.ts';
import { progress } from '../../contracts/messages.ts';
import type { SyncFeedInput, SyncFeedResult } from '../../contracts/sync-feed-input.ts';
import { isEqual, toSentence } from '../../demo/compare.ts';
import type { syncFeed } from '../../workflows/sync-feed.ts';
import { openInput } from '../open-input.ts';
import { until, withStage } from '../stage.ts';
import { tcsync } from '../tcsync.ts';
import { Following } from './following.ts';
import { startLine, type Line } from './line.ts';

const RECORDS = 1_000;
const DAY_MS = 86_400_000;
const SCHEDULE = 'tcsync/default/default';
/** An id as the Schedule gives it. */
const TRIGGERED = /^run (tcsync\/default\/default-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/m;

describe('a feed has one run at a time', { timeout: 600_000 }, () => {
  let line: Line;
  before(async () => {
    line = await startLine({
      records: RECORDS,
      env: { TC_PAGE_SIZE: '20' },
      // about six pages: a run continues as new several times
      dynamicConfig: ['limit.historyCount.suggestContinueAsNew=60'],
    });
  });
  after(() => line.stop());

  const follow = (...args: string[]) => new Following(args, line.env);

  /** Starts a run as a person does in Temporal's UI. */
  function startByHand(input: SyncFeedInput): Promise<WorkflowHandle<typeof syncFeed>> {
    return line.temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId: crypto.randomUUID(),
      taskQueue: 'tcsync-default',
      args: [input],
    });
  }

  async function hold(on: 'page' | 'count', after = 0): Promise<void> {
    await line.source.post('/_sim/faults', { on, after, times: 1, fault: { kind: 'hold' } });
  }

  async function isHeld(): Promise<void> {
    await until('a request is held', async () => {
      return (await line.source.get<{ held: number }>('/_sim/faults')).held === 1;
    });
  }

  async function release(): Promise<void> {
    await line.source.delete('/_sim/faults');
  }

  /** Ids of the runs that the Schedule has started. */
  async function startedRuns(): Promise<string[]> {
    const { info } = await line.temporal.schedule.getHandle(SCHEDULE).describe();
    return info.recentActions.map(({ action }) => action.workflow.workflowId);
  }

  async function endedAs(status: string): Promise<number> {
    const query = `WorkflowType = "syncFeed" AND ExecutionStatus = "${status}"`;
    return (await line.temporal.workflow.count(query)).count;
  }

  async function assertRefused(handle: WorkflowHandle, by: string): Promise<void> {
    await assert.rejects(handle.result(), (error: Error) => {
      const { cause } = error.cause as { cause: { type: string; message: string } };
      assert.equal(cause.type, 'RunUnderWay');
      assert.ok(cause.message.startsWith(`run ${by} of feed default is under way`), cause.message);
      assert.match(cause.message, /`npx tcsync run default` follows it; .* explicit window/);
      return true;
    });
  }

  test('without a Schedule `tcsync run` starts nothing and says what to do', async () => {
    const { code, stderr } = await tcsync(['run'], line.env);
    assert.equal(code, 1);
    // a busy machine adds lines that say what the command waits for
    const lines = stderr.split('\n');
    assert.ok(lines.includes(`there is no Schedule ${SCHEDULE}: \`npx tcsync apply\` creates it`));
  });

  describe('and one is under way that a person has started in the UI', () => {
    let first: WorkflowHandle<typeof syncFeed>;
    let following: Following;
    before(async () => {
      assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
      await hold('page', 25);
      first = await startByHand({ feed: 'default' });
      await isHeld();
      await until('it is listed', async () => (await endedAs('Running')) === 1);
    });

    test('`tcsync run` follows it, and gives it its page size and lanes', async () => {
      following = follow('run', '--page-size', '30', '--lanes', '3', '--json');
      await following.says(/^it reads 30 records a page on 3 lanes from now on$/m);
      assert.match(following.said, /^a run of feed default is under way already: following it$/m);
      assert.match(following.said, new RegExp(`^run ${first.workflowId}$`, 'm'));
      const { lanes, pageSizeMax } = (await first.query(progress)) ?? {};
      assert.deepEqual([lanes, pageSizeMax], [3, 30]);
      assert.deepEqual(await startedRuns(), []);
    });

    test('a second one, whoever starts it, is refused in one sentence, and status stays calm', async () => {
      assert.ok((await endedAs('ContinuedAsNew')) > 0, 'it began before its start time');
      await assertRefused(await startByHand({ feed: 'default' }), first.workflowId);
      await line.temporal.schedule.getHandle(SCHEDULE).trigger(ScheduleOverlapPolicy.SKIP);
      await until('the Schedule has started a run', async () => (await startedRuns()).length === 1);
      const [tick = ''] = await startedRuns();
      await assertRefused(line.temporal.workflow.getHandle(tick), first.workflowId);
      await until('both are listed as failed', async () => (await endedAs('Failed')) === 2);
      const { stdout, code } = await tcsync(['status', '--json'], line.env);
      const { well, findings, feeds } = JSON.parse(stdout) as Status;
      assert.equal(code, 0, stdout);
      assert.equal(well, true);
      assert.deepEqual(findings, []);
      assert.equal(feeds[0]?.failedRuns, null);
    });

    test('a run with an explicit window, and a backfilled slot of the Schedule, read beside it', async () => {
      const explicit = await startByHand({ from: '2020-01-01T00:00:00Z', pageSize: 1_000 });
      assert.ok((await explicit.result()).counts.read > 0);
      const completed = await endedAs('Completed');
      await line.temporal.schedule.getHandle(SCHEDULE).backfill({
        start: new Date(Date.now() - 3 * DAY_MS),
        end: new Date(Date.now() - 2 * DAY_MS),
        overlap: ScheduleOverlapPolicy.BUFFER_ALL,
      });
      await until('the slot is read', async () => (await endedAs('Completed')) === completed + 1);
    });

    test('it is followed through each continue-as-new to its end', async () => {
      await release();
      assert.equal(await following.ends(), 0, following.said);
      assert.deepEqual(JSON.parse(await following.stdout), await first.result());
      const comparison = await line.compare();
      assert.ok(isEqual(comparison), toSentence(comparison));
    });
  });

  test('a backfilled slot under way refuses nobody', async () => {
    await hold('count');
    await line.temporal.schedule.getHandle(SCHEDULE).backfill({
      start: new Date(Date.now() - 3 * DAY_MS),
      end: new Date(Date.now() - 2 * DAY_MS),
      overlap: ScheduleOverlapPolicy.BUFFER_ALL,
    });
    await isHeld();
    await until('it is listed', async () => (await endedAs('Running')) === 1);
    const { watermark } = await (await startByHand({ feed: 'default' })).result();
    assert.ok(watermark !== null);
    await release();
    await until('the slot is read', async () => (await endedAs('Running')) === 0);
  });

  test('`tcsync run` triggers the Schedule and follows its run through each continue-as-new', async () => {
    const random = { seed: 1, updates: 800 };
    await line.source.post('/_sim/mutate', { random });
    await line.source.post('/_sim/clock', { advanceMs: 3_000 }); // behind the safety lag
    await hold('page');
    const following = follow('run', '--lanes', '4', '--json');
    await isHeld();
    await following.says(/^it reads 20 records a page on 4 lanes from now on$/m);
    const [, id = ''] = TRIGGERED.exec(following.said) ?? [];
    assert.ok((await startedRuns()).includes(id), following.said);
    const continued = await endedAs('ContinuedAsNew');
    await release();
    assert.equal(await following.ends(), 0, following.said);
    const { counts } = JSON.parse(await following.stdout) as SyncFeedResult;
    assert.ok(counts.read >= 500, `${counts.read} records`);
    assert.ok((await endedAs('ContinuedAsNew')) > continued);
    const comparison = await line.compare();
    assert.ok(isEqual(comparison), toSentence(comparison));
  });

  test('if Temporal does not say which runs are under way, a run begins', async () => {
    const { connection } = line.temporal;
    const temporal = new Temporal(new Client({ connection, namespace: 'nobody' }), 'default');
    await assert.rejects(temporal.runsUnderWay(AbortSignal.timeout(60_000)));
    await withStage(async (set) => {
      const { openWindow } = createActivities({ ...set.deps, temporal });
      await set.environment().run(async () => {
        assert.ok((await openWindow(openInput())).expected > 0);
      });
    });
  });

  test('two `tcsync run` at the same moment end up with one run', async () => {
    const before = await startedRuns();
    await hold('count');
    const commands = [follow('run', '--json'), follow('run', '--json')];
    for (const command of commands) await command.says(/^run /m);
    await release();
    for (const command of commands) assert.equal(await command.ends(), 0, command.said);
    const [one, other] = await Promise.all(commands.map(({ stdout }) => stdout));
    assert.equal(one, other);
    const started = (await startedRuns()).filter((id) => !before.includes(id));
    assert.equal(started.length, 1, started.join());
  });

  test('a paused Schedule runs too, and the command says that no further run starts', async () => {
    assert.equal((await tcsync(['pause', '--schedule', '--reason', 'quiet'], line.env)).code, 0);
    const { code, stderr } = await tcsync(['run'], line.env);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^Schedule \S+ is paused \(quiet\): this run begins, and no further run starts by itself; `npx tcsync resume --schedule` /m,
    );
    assert.match(stderr, TRIGGERED);
  });
});
