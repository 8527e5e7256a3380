import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { RUN_TEMPLATE } from '../../activities/elasticsearch/assets/run-template.ts';
import { STATE_TEMPLATE } from '../../activities/elasticsearch/assets/state-template.ts';
import { wrapped } from '../../config/settings-docs.ts';
import { dataStream, rejectStream, stateIndex } from '../../contracts/names.ts';
import { isEqual, toSentence } from '../../demo/compare.ts';
import { Gate } from '../gate.ts';
import { keepPart } from '../reliability.ts';
import { until } from '../stage.ts';
import { tcsync } from '../tcsync.ts';
import { FEEDS, isOf, isPage, PLACED, type Kind, type Placed } from './kill-rows.ts';
import { startLine, type Line } from './line.ts';

const RECORDS = 600;
const STREAM = dataStream('default');
const KILLS = ['the workers', "Temporal's server"] as const;
type Kill = (typeof KILLS)[number];

/** The moments of each activity at which both kills have happened. */
class Survived {
  readonly #kills = new Map<string, Map<string, Set<Kill>>>();

  add(activity: string, when: string, kill: Kill): void {
    const moments = this.#kills.get(activity) ?? new Map<string, Set<Kill>>();
    moments.set(when, (moments.get(when) ?? new Set()).add(kill));
    this.#kills.set(activity, moments);
  }

  toItems(): string {
    const items = [...this.#kills].map(([activity, moments]) => {
      const all = [...moments].filter(([, kills]) => kills.size === KILLS.length);
      return wrapped(`- **\`${activity}\`**: ${all.map(([when]) => when).join('; ')}`, '  ');
    });
    return items.join('');
  }
}

const survived = new Survived();

const WORKERS = ['the worker', 'another worker'] as const;

describe('a process is killed while every activity is at work', { timeout: 600_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-kill-'));
  let gates: { source: Gate; sink: Gate };
  let line: Line;
  before(async () => {
    const file = path.join(folder, 'tcsync.yaml');
    writeFileSync(file, JSON.stringify({ feeds: FEEDS }));
    gates = { source: await Gate.start(), sink: await Gate.start() };
    const env = { TCSYNC_CONFIG: file, TC_REQUESTS_PER_SECOND: '1000' };
    line = await startLine({ records: RECORDS, gates, env, isTemporalKilled: true });
    const applied = await tcsync(['apply'], line.env);
    assert.equal(applied.code, 0, applied.stderr);
  });
  after(async () => {
    release();
    await line.stop();
    await gates.source.close();
    await gates.sink.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const kill of KILLS) {
    test(`${kill}: nothing is lost, and nothing is stored twice`, async () => {
      await empty();
      await line.processes.startWorker('another worker', line.env);
      await refuse('replay');
      await Promise.all(
        feedsOf('replay').map((feed) => execute('syncFeed', { feed, pageSize: 10 })),
      );
      await line.sink.delete('/_sim/faults');
      // otherwise the replay does not find them yet
      await line.elasticsearch.indices.refresh({ index: rejectStream('default') });
      await refuse('refused');
      // first those that must read many slices in their order, while no other run has the places of their pages
      const isCut = ({ row }: Placed) => row.kind === 'cut';
      const runs = [
        ...(await holdRuns(PLACED.filter(isCut))),
        ...(await holdRuns(PLACED.filter((placed) => !isCut(placed)))),
      ];
      const backfill = await stopInFindDoneSpans();
      if (kill === 'the workers') {
        for (const name of WORKERS) await line.processes.kill(name);
        release();
        await line.startWorker(); // the other one is lost for good
      } else {
        await line.killTemporal();
        signalWorkers('SIGCONT');
        release();
        await line.restartTemporal();
      }
      for (const [{ row }, run] of runs) {
        await endOf(row.kind, run);
        if (kill === 'the workers') await assertRepeated(run, row.activity);
        survived.add(row.activity, row.when, kill);
      }
      await backfill.result();
      survived.add('findDoneSpans', 'while it asks Temporal', kill);
      await readRest();
      const comparison = await line.compare();
      assert.ok(isEqual(comparison), toSentence(comparison));
      const { count } = await line.elasticsearch.count({ index: STREAM });
      assert.equal(count, comparison.source, 'nothing is stored twice');
      await line.processes.stop('another worker');
    });
  }

  /** Removes everything that was written, and two assets that rows create. */
  async function empty(): Promise<void> {
    const { indices } = line.elasticsearch;
    for (const name of [STREAM, rejectStream('default')]) {
      await indices.deleteDataStream({ name }, { ignore: [404] });
    }
    await indices.delete({ index: stateIndex('default'), ignore_unavailable: true });
    await execute('reconcileAssets', { dryRun: false });
    for (const name of [STATE_TEMPLATE, RUN_TEMPLATE]) await indices.deleteIndexTemplate({ name });
  }

  function feedsOf(...kinds: readonly Kind[]): string[] {
    return PLACED.filter(({ row }) => kinds.includes(row.kind)).map(({ feed }) => feed);
  }

  /** Elasticsearch refuses each document of these feeds, and accepts its reject. */
  async function refuse(kind: Kind): Promise<void> {
    for (const feed of feedsOf(kind)) {
      const fault = { kind: 'item', status: 400, containing: '"threat_connect":' };
      const order = { on: 'bulk', containing: `"${feed}"`, times: null, fault };
      await line.sink.post('/_sim/faults', order);
    }
  }

  function start(workflow: string, input: object): Promise<WorkflowHandle> {
    return line.temporal.workflow.start(workflow, {
      workflowId: `tcsync/default/kill/${crypto.randomUUID()}`,
      taskQueue: 'tcsync-default',
      args: [input],
    });
  }

  async function execute(workflow: string, input: object): Promise<unknown> {
    return (await start(workflow, input)).result();
  }

  function holdRuns(rows: readonly Placed[]): Promise<(readonly [Placed, WorkflowHandle])[]> {
    return Promise.all(rows.map(async (placed) => [placed, await holdRun(placed)] as const));
  }

  /** Starts the run of a row; returns when its request is held. */
  async function holdRun({ row, feed }: Placed): Promise<WorkflowHandle> {
    const { activity, when, kind, at, moment, isIt, nth, isOwn } = row;
    const isHeld = gates[at].hold(moment, isOwn ? isOf(feed, isIt) : isIt, nth);
    if (kind === 'failing') {
      const refusal = JSON.stringify({ message: 'no', status: 'Error' });
      gates.source.answer(403, refusal, isOf(feed, isPage), 2);
    }
    const run = await startOf(kind, feed);
    await isHeld;
    // of two runs that do the same, either may be the one that is held first
    if (!isOwn) await until('the activity is at work', () => isAtWork(run, activity));
    assert.ok(await isAtWork(run, activity), `${activity}, ${when}: not at work`);
    return run;
  }

  function startOf(kind: Kind, feed: string): Promise<WorkflowHandle> {
    if (kind === 'assets') return start('reconcileAssets', { dryRun: false });
    if (kind === 'replay') return start('replayRejects', { feed });
    return start('syncFeed', { feed, pageSize: kind === 'cut' ? 1 : 10, lanes: 2 });
  }

  async function isAtWork(run: WorkflowHandle, activity: string): Promise<boolean> {
    const { raw } = await run.describe();
    return (raw.pendingActivities ?? []).some(
      ({ activityType }) => activityType?.name === activity,
    );
  }

  /** Nothing but Temporal is asked, so that no request can be held: the workers are stopped in time. */
  async function stopInFindDoneSpans(): Promise<WorkflowHandle> {
    for (;;) {
      const run = await start('backfillFeed', {
        feed: FEEDS[0]?.name,
        from: '2001-01-01T00:00:00Z',
        to: '2001-03-01T00:00:00Z',
        span: '1d',
        resume: true,
      });
      const hasBegun = async () =>
        (await isAtWork(run, 'findDoneSpans')) || (await openSpans(run)) > 0;
      await until('findDoneSpans is at work', hasBegun);
      signalWorkers('SIGSTOP');
      if (await isAtWork(run, 'findDoneSpans')) return run;
      signalWorkers('SIGCONT');
      await run.result();
    }
  }

  async function openSpans(run: WorkflowHandle): Promise<number> {
    return (await run.describe()).raw.pendingChildren?.length ?? 0;
  }

  function signalWorkers(signal: NodeJS.Signals): void {
    for (const name of WORKERS) process.kill(line.processes.pid(name), signal);
  }

  function release(): void {
    gates.source.release();
    gates.sink.release();
  }

  async function endOf(kind: Kind, run: WorkflowHandle): Promise<void> {
    if (kind !== 'failing') await run.result();
    else {
      await assert.rejects(run.result(), (error: Error) => {
        const { cause } = error.cause as { cause: { type: string } };
        assert.equal(cause.type, 'SourceForbidden');
        return true;
      });
    }
  }

  async function assertRepeated(run: WorkflowHandle, activity: string): Promise<void> {
    const { events } = await run.fetchHistory();
    const all = events ?? [];
    const attempts = all.flatMap(({ activityTaskStartedEventAttributes: started }) => {
      const scheduled = all.find(({ eventId }) => eventId?.eq(started?.scheduledEventId ?? 0));
      const { activityType } = scheduled?.activityTaskScheduledEventAttributes ?? {};
      return activityType?.name === activity ? (started?.attempt ?? 0) : [];
    });
    assert.ok(Math.max(...attempts) > 1, `${activity} was not repeated`);
  }

  /** The next ticks, and what a person does about the rejects. */
  async function readRest(): Promise<void> {
    await line.sink.delete('/_sim/faults');
    await line.elasticsearch.indices.refresh({ index: rejectStream('default') });
    for (const { name: feed } of FEEDS) {
      const isRead = PLACED.some(
        (each) => each.feed === feed && !['failing', 'assets'].includes(each.row.kind),
      );
      if (!isRead) await execute('syncFeed', { feed });
    }
    for (const feed of feedsOf('refused', 'replay')) await execute('replayRejects', { feed });
  }
});

keepPart(
  'A process that is killed',
  () => `Two workers have these activities at work, each at the named moment. Both are killed (\`SIGKILL\`), and one of them is
started again; or Temporal's server is killed and started again. A killed activity is tried again when its heartbeats
have been missing for 30 seconds. \`test/e2e/kill-matrix.test.ts\` compares the ids and versions of all feeds afterwards.

${survived.toItems()}`,
);
