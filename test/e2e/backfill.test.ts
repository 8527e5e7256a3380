import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, TypedSearchAttributes } from '@temporalio/common';
import { isEqual, toSentence } from '../../demo/compare.ts';
import { SourceControl } from '../../demo/source-control.ts';
import type { BackfillFeedInput, BackfillFeedResult } from '../../contracts/backfill-feed-input.ts';
import { toEpochMs, toInstant } from '../../contracts/instant.ts';
import { backfillProgress, progress, tune } from '../../contracts/messages.ts';
import { FEED, NAMESPACE, STATE } from '../../contracts/search-attributes.ts';
import { countSpans } from '../../contracts/span.ts';
import type { backfillFeed } from '../../workflows/backfill-feed.ts';
import { until } from '../stage.ts';
import { TCSYNC, tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

const RECORDS = 1_000;
const PAGE_SIZE = 50;
const SPANS = 6;
/** Events after which the server suggests to continue as new: about two spans. */
const EVENTS = 30;
const run = promisify(execFile);

type Range = { from: string; to: string; span: string };

describe('a backfill', () => {
  let line: Line;
  /** All records, in {@link SPANS} spans. */
  let range: Range;
  before(async () => {
    line = await startLine({
      records: RECORDS,
      dynamicConfig: [`limit.historyCount.suggestContinueAsNew=${EVENTS}`],
      env: { TC_PAGE_SIZE: String(PAGE_SIZE) },
    });
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
    const live = await new SourceControl(line.env.TC_URL ?? '').live();
    const times = live.map(({ lastModified }) => lastModified).sort();
    const from = times[0] ?? '';
    const last = toEpochMs(times.at(-1) ?? '');
    const spanS = Math.ceil((last + 1_000 - toEpochMs(from)) / 1_000 / SPANS);
    const to = toInstant(toEpochMs(from) + SPANS * spanS * 1_000);
    range = { from, to, span: `${spanS}s` };
  });
  after(() => line.stop());
  beforeEach(() => line.source.delete('/_sim/faults'));

  const flags = ({ from, to, span }: Range) => ['--from', from, '--to', to, '--span', span];
  const idOf = ({ from, to }: Range) => `tcsync/default/default/backfill/${from}..${to}`;
  const handleOf = (each: Range) =>
    line.temporal.workflow.getHandle<typeof backfillFeed>(idOf(each));

  function start(id: string, input: BackfillFeedInput) {
    return line.temporal.workflow.start<typeof backfillFeed>('backfillFeed', {
      workflowId: `tcsync/default/default/backfill/${id}`,
      taskQueue: 'tcsync-default',
      args: [input],
    });
  }

  async function watermark(): Promise<string | null> {
    const { stdout } = await tcsync(['status', '--json'], line.env);
    const { feeds } = JSON.parse(stdout) as { feeds: { watermark: string | null }[] };
    return feeds[0]?.watermark ?? null;
  }

  async function failureOf(ended: Promise<unknown>): Promise<ApplicationFailure> {
    const error = await ended.then(
      () => assert.fail('it should fail'),
      (error: unknown) => error,
    );
    assert.ok(error instanceof WorkflowFailedError, String(error));
    assert.ok(error.cause instanceof ApplicationFailure, String(error.cause));
    return error.cause;
  }

  async function openSpans(): Promise<string[]> {
    const open: string[] = [];
    const query = 'WorkflowType = "syncFeed" AND ExecutionStatus = "Running"';
    for await (const { workflowId } of line.temporal.workflow.list({ query })) {
      open.push(workflowId);
    }
    return open;
  }

  test('reads everything: paused from a second terminal, resumed by `temporal`, its worker killed', async () => {
    const { cli, address } = line.server;
    assert.ok(cli !== null);
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 4,
      times: 1,
      fault: { kind: 'hold' },
    });
    const child = spawn(process.execPath, [TCSYNC, 'backfill', ...flags(range), '--json'], {
      env: line.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    await until('a page is held', async () => {
      return (await line.source.get<{ held: number }>('/_sim/faults')).held === 1;
    });
    const paused = await tcsync(['pause', '--reason', 'an upgrade'], line.env);
    assert.match(
      paused.stdout,
      /^paused +tcsync\/default\/default\/backfill\/\S+: it stops[^\n]*\n$/,
    );
    const spans = await openSpans();
    assert.ok(spans.length > 0);
    for (const id of spans) {
      await until('the pause has reached the span', async () => {
        const answer = await line.temporal.workflow.getHandle(id).query(progress);
        return answer?.paused === 'an upgrade';
      });
    }
    const { stdout: status } = await tcsync(['status'], line.env);
    assert.match(status, /paused +tcsync\/default\/default\/backfill\/\S+, .*: an upgrade/);
    assert.equal(status.match(/is paused: an upgrade/g)?.length, 1, status);
    await line.processes.kill('the worker');
    await line.source.delete('/_sim/faults');
    await line.startWorker();
    await run(cli, [
      'workflow',
      'signal',
      '--address',
      address,
      '-w',
      idOf(range),
      '--name',
      'resume',
    ]);
    const [stdout, stderr] = await output;
    const result = JSON.parse(stdout) as BackfillFeedResult;
    assert.equal(result.done, SPANS, stderr);
    assert.equal(result.counts.read >= RECORDS * 0.9, true, stdout);
    const comparison = await line.compare();
    assert.ok(isEqual(comparison), toSentence(comparison));
    assert.equal(await watermark(), null, 'the watermark does not move');
  });

  test('has read each span once, and has continued as new with no span under way', async () => {
    const query = `WorkflowId = "${idOf(range)}"`;
    const started: string[] = [];
    const counts: number[] = [];
    for await (const { runId } of line.temporal.workflow.list({ query })) {
      const { events } = await line.temporal.workflow.getHandle(idOf(range), runId).fetchHistory();
      const ids = (events ?? []).flatMap(
        (event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId ?? [],
      );
      const ended = (events ?? []).filter(
        (event) => event.childWorkflowExecutionCompletedEventAttributes,
      );
      assert.equal(ids.length, ended.length, 'it waits for its spans');
      started.push(...ids);
      counts.push(ids.length);
    }
    assert.equal(started.length, SPANS, started.join('\n'));
    assert.equal(new Set(started).size, SPANS, started.join('\n'));
    assert.ok(counts.length > 1, `${counts.length} runs`);
  });

  test('with --resume leaves out what was read, and reads it without', async () => {
    const again = await tcsync(['backfill', ...flags(range), '--resume'], line.env);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, new RegExp(`spans +0 of ${SPANS} read, ${SPANS} left out`));
    assert.match(again.stdout, /Temporal still keeps it \(\d+ days here\)/);
    const whole = await tcsync(['backfill', ...flags(range)], line.env);
    assert.match(whole.stdout, new RegExp(`spans +${SPANS} of ${SPANS} read`));
  });

  test('a span that fails does not stop the others; --resume reads it alone', async () => {
    const half = { ...range, from: toInstant(toEpochMs(range.from) - 1_000) };
    const spans = countSpans({ ...half, spanMs: Number.parseInt(range.span) * 1_000 });
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 3,
      times: 2,
      fault: { kind: 'status', status: 403 },
    });
    const failed = await tcsync(['backfill', ...flags(half), '--lanes', '1'], line.env);
    assert.equal(failed.code, 1, failed.stdout);
    const said = /(\d+) of (\d+) spans are done; (\d+) failed \(\d{4}-.*SourceForbidden.*--resume/s;
    const [, done, of, missing] = said.exec(failed.stderr) ?? assert.fail(failed.stderr);
    assert.equal(Number(of), spans);
    assert.equal(Number(done) + Number(missing), spans);
    await line.source.delete('/_sim/faults');
    const { stdout } = await tcsync(['backfill', ...flags(half), '--resume', '--json'], line.env);
    const result = JSON.parse(stdout) as BackfillFeedResult;
    assert.deepEqual([result.done, result.leftOut], [Number(missing), Number(done)]);
  });

  test('ends when three spans in a row fail', async () => {
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 0,
      times: 100,
      fault: { kind: 'status', status: 403 },
    });
    const handle = await start('forbidden', { ...range, lanes: 1 });
    const { type, message } = await failureOf(handle.result());
    assert.equal(type, 'BackfillIncomplete');
    assert.match(message, /^0 of 6 spans are done; 3 failed/);
  });

  test('is started from the UI with one JSON object, and steered there', async () => {
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 2,
      times: 2,
      fault: { kind: 'hold' },
    });
    const { from, to, span } = range;
    const handle = await line.temporal.workflow.start<typeof backfillFeed>('backfillFeed', {
      workflowId: 'by hand',
      taskQueue: 'tcsync-default',
      args: [{ from, to, span, lanes: 2, resume: false }],
      typedSearchAttributes: new TypedSearchAttributes([
        { key: NAMESPACE, value: 'default' },
        { key: FEED, value: 'default' },
        { key: STATE, value: 'running' },
      ]),
    });
    await until('two pages are held', async () => {
      return (await line.source.get<{ held: number }>('/_sim/faults')).held === 2;
    });
    const tuned = await handle.executeUpdate(tune, { args: [{ pageSize: 77, lanes: 3 }] });
    assert.deepEqual(tuned, { pageSize: 77, lanes: 3 });
    const spans = await openSpans();
    assert.ok(spans.length >= 2 && spans.every((id) => id.startsWith('by hand/')), spans.join());
    for (const id of spans) {
      await until('the page size has reached the span', async () => {
        const answer = await line.temporal.workflow.getHandle(id).query(progress);
        return answer?.pageSizeMax === 77;
      });
    }
    const marked = await line.temporal.workflow.count(
      'TcsyncState = "running" AND WorkflowType = "syncFeed" AND ExecutionStatus = "Running"',
    );
    assert.equal(marked.count, (await openSpans()).length);
    const answer = await handle.query(backfillProgress);
    assert.equal(answer?.spans, SPANS);
    assert.equal(answer?.lanes, 3);
    const cancelled = await tcsync(['cancel'], line.env);
    assert.match(cancelled.stdout, /^cancelled +by hand: [^\n]+\n$/);
    assert.deepEqual(await openSpans(), [], 'no span reads on');
  });

  test('an end in the future is set to the present, and a span of the whole range has all lanes', async () => {
    const { from } = range;
    const to = toInstant(Date.now() + 86_400_000);
    const { stdout, stderr } = await tcsync(
      ['backfill', ...flags({ from, to, span: '9999d' }), '--lanes', '3', '--json'],
      line.env,
    );
    const { spans, notes, to: end } = JSON.parse(stdout) as BackfillFeedResult;
    assert.equal(spans, 1, stderr);
    assert.ok(end < to);
    assert.match(notes.join('\n'), /the backfill ends at/);
    const child = line.temporal.workflow.getHandle(
      `${idOf({ from, to, span: '' })}/${from}..${end}`,
    );
    assert.equal((await child.query(progress))?.lanes, 3);
  });

  for (const [name, input, sentence] of [
    ['no range', {}, /from/],
    [
      'another key',
      { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', Span: '1d' },
      /Span/,
    ],
    [
      'no span',
      { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', span: 'x' },
      /7d or 12h/,
    ],
    [
      'feed',
      { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', feed: 'x' },
      /no feed is called "x"/,
    ],
    ['future', { from: '2126-01-01T00:00:00Z', to: '2126-02-01T00:00:00Z' }, /is empty/],
  ] as const) {
    test(`bad input fails with one sentence: ${name}`, async () => {
      const handle = await start(name, input as unknown as BackfillFeedInput);
      const failure = await handle.result().then(
        () => assert.fail('it should fail'),
        (error: unknown) => error as Error,
      );
      let reason: unknown = failure;
      while (reason instanceof Error && !(reason instanceof ApplicationFailure))
        reason = reason.cause;
      assert.ok(reason instanceof ApplicationFailure);
      assert.equal(reason.type, 'BadInput');
      assert.match(reason.message, sentence);
    });
  }

  test('the command refuses bad input with one sentence', async () => {
    const { from, to } = range;
    const reversed = await tcsync(['backfill', '--from', to, '--to', from], line.env);
    assert.equal(reversed.code, 2);
    assert.match(reversed.stderr, /`from` must be before `to`/);
    const endless = await tcsync(['backfill', '--from', from], line.env);
    assert.equal(endless.code, 2);
    assert.match(endless.stderr, /--to <instant>' not specified/);
  });

  test('a second command attaches, and says what it cannot change', async () => {
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 2,
      times: 1,
      fault: { kind: 'hold' },
    });
    const other = { ...range, from: toInstant(toEpochMs(range.from) - 2_000) };
    const first = tcsync(['backfill', ...flags(other)], line.env);
    await until('it is under way', async () => {
      return (await line.source.get<{ held: number }>('/_sim/faults')).held === 1;
    });
    const second = tcsync(['backfill', ...flags(other), '--lanes', '5', '--resume'], line.env);
    await until('the second has tuned it', async () => {
      return (await handleOf(other).query(backfillProgress))?.lanes === 5;
    });
    await line.source.delete('/_sim/faults');
    const [one, two] = await Promise.all([first, second]);
    assert.deepEqual([one.code, two.code], [0, 0]);
    assert.match(two.stderr, /--span and --resume cannot be changed any more/);
  });
});
