import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  TemporalFailure,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { BackfillFeedInput, type BackfillFeedResult } from '../contracts/backfill-feed-input.ts';
import {
  endedSpans,
  paceOf,
  type BackfillAnswer,
  type BackfillProgress,
} from '../contracts/backfill-progress.ts';
import { NO_COUNTS } from '../contracts/counts.ts';
import { parseDurationMs } from '../contracts/duration.ts';
import type { FailureType } from '../contracts/failures.ts';
import { backfillProgress, pause, tuneSignal } from '../contracts/messages.ts';
import { spanWorkflowId } from '../contracts/names.ts';
import { countSpans, spanAt, type Span } from '../contracts/span.ts';
import { afterFailedSpan, afterLook, afterSpan, isGivenUp, lanesOfSpan } from './after-span.ts';
import { parseInput } from './parse-input.ts';
import { ATTEMPTS } from './retry-policy.ts';
import { runLanes } from './run-lanes.ts';
import { TEMPORAL } from './temporal-engine.ts';
import { RunState, withoutStateAtItsEnd, type Message, type Steered } from './run-state.ts';
import { startSpan } from './start-span.ts';
import type { syncFeed } from './sync-feed.ts';

const { openWindow, findDoneSpans } = proxyActivities<Activities>({
  ...ATTEMPTS,
  startToCloseTimeout: '15 minutes',
});

/** Number of spans that are planned at once. Planning asks Temporal about each of them if the backfill resumes. */
const SPANS_PLANNED = 50;

type Spans = Map<number, ChildWorkflowHandle<typeof syncFeed>>;

/**
 * Reads a range of a feed again, span by span on several lanes: one child `syncFeed` per span. It leaves the watermark
 * as it is. A span that fails does not stop the others; the backfill then fails at its end and names them.
 */
export function backfillFeed(input: BackfillFeedInput): Promise<BackfillFeedResult> {
  return withoutStateAtItsEnd(() => backfill(input));
}

async function backfill(input: BackfillFeedInput): Promise<BackfillFeedResult> {
  const parsed = parseInput(BackfillFeedInput, input);
  const spans: Spans = new Map();
  const run = new RunState(parsed.carried ?? null, steered(spans));
  if (parsed.carried === undefined) run.update(await open(parsed));
  await readSpans(run, spans);
  await condition(allHandlersFinished);
  const { feed, from, to, spans: all, done, leftOut, failed, ...reached } = run.current;
  if (isGivenUp(run.current)) throw incomplete(run.current);
  if (endedSpans(run.current) < all) {
    // no child is under way any more
    return continueAsNew<typeof backfillFeed>({ feed, from, to, carried: run.current });
  }
  if (failed.spans > 0) throw incomplete(run.current);
  const { counts, late, notes, attention } = reached;
  return { from, to, spans: all, done, leftOut: leftOut.spans, counts, late, notes, attention };
}

/** Opens the whole range as a window of its own, which says how many records it has and under which configuration. */
async function open({
  feed = 'default',
  from,
  to,
  span = '7d',
  lanes,
  pageSize,
  resume = false,
}: BackfillFeedInput): Promise<BackfillProgress> {
  const opened = await openWindow({
    feed,
    from,
    to,
    lanes: lanes ?? null,
    pageSize: pageSize ?? null,
    scheduledAt: null,
    scheduleId: null,
    startedAt: workflowInfo().startTime.toISOString(),
  });
  const end = opened.window.to;
  const spanMs = parseDurationMs(span) ?? Infinity;
  const cut =
    end === to
      ? []
      : [`the backfill ends at ${end}, which is ThreatConnect's time minus TC_SAFETY_LAG`];
  return {
    feed,
    from,
    to: end,
    spanMs,
    configHash: opened.configHash,
    lanes: opened.lanes,
    pageSize: opened.pageSize,
    resume,
    expected: opened.expected,
    spans: countSpans({ from, to: end, spanMs }),
    planned: 0,
    open: [],
    done: 0,
    leftOut: { spans: 0, read: 0 },
    failed: { spans: 0, first: [], inARow: 0 },
    counts: NO_COUNTS,
    late: 0,
    notes: [...opened.notes, ...cut],
    attention: [],
    paused: null,
    since: { epochMs: Date.now(), read: 0 },
  };
}

type BackfillRun = RunState<BackfillProgress, BackfillAnswer>;

/** Reads until every span is done, or until the backfill must continue as new; then no child is open. */
function readSpans(run: BackfillRun, spans: Spans): Promise<void> {
  const ending = () => workflowInfo().continueAsNewSuggested || isGivenUp(run.current);

  const plan = async () => {
    await run.released();
    const { planned, spans: all } = run.current;
    if (planned === all || ending()) return false;
    const count = Math.min(SPANS_PLANNED, all - planned);
    const next = Array.from({ length: count }, (_, index) =>
      spanAt(run.current, planned + index + 1),
    );
    const look = run.current.resume ? await lookFor(next, run.current.configHash) : null;
    run.update(afterLook(run.current, next, look));
    return true;
  };

  const read = async (span: Span, stays: () => boolean) => {
    await run.released();
    if (!stays()) return;
    try {
      const { feed, pageSize } = run.current;
      const child = await startSpan(span, {
        feed,
        pageSize,
        lanes: lanesOfSpan(run.current),
      });
      spans.set(span.number, child);
      // a message may have come while the child was being started
      const { paused, pageSize: tuned } = run.current;
      if (paused !== null) await child.signal(pause, paused);
      if (tuned !== pageSize) await child.signal(tuneSignal, { pageSize: tuned });
      const result = await child.result();
      run.update(afterSpan(run.current, span, result));
    } catch (error) {
      // after a bug nothing may be written into the history
      if (!(error instanceof TemporalFailure)) throw error;
      // a child that somebody else cancelled is a span that failed
      if (CancellationScope.current().consideredCancelled) throw error;
      run.update(afterFailedSpan(run.current, span, error));
    } finally {
      spans.delete(span.number);
    }
  };

  const lanes = () => run.current.lanes;
  const all = { lanes, slices: () => run.current.open, plan, read, ending, drainMs: null };
  return runLanes(all, TEMPORAL);
}

function lookFor(spans: readonly Span[], configHash: string) {
  const { workflowId } = workflowInfo();
  return findDoneSpans({
    configHash,
    spans: spans.map((span) => ({ ...span, workflowId: spanWorkflowId(workflowId, span) })),
  });
}

function steered(spans: Spans): Steered<BackfillProgress, BackfillAnswer> {
  return {
    query: backfillProgress,
    answer: (current) => ({
      ...current,
      ...paceOf(current, Date.now()),
      kind: 'explicit',
      pageSizeMax: current.pageSize,
    }),
    details: ({ spans: all, done, leftOut, failed, counts, expected }) =>
      `${done + leftOut.spans} of ${all} spans, ${failed.spans} failed, ${counts.read} of ${expected - leftOut.read} records read`,
    afterTune: (before, { pageSize, lanes }) => ({
      ...before,
      pageSize: pageSize ?? before.pageSize,
      lanes: lanes ?? before.lanes,
    }),
    tuned: ({ pageSize, lanes }) => ({ pageSize, lanes }),
    afterResume: (before) => ({
      ...before,
      since: { epochMs: Date.now(), read: before.counts.read },
    }),
    passOn: async (message, current) => {
      await Promise.all([...spans.values()].map((child) => tell(child, message, current)));
    },
  };
}

/** A child that has ended in the meantime needs no message. */
async function tell(
  child: ChildWorkflowHandle<typeof syncFeed>,
  message: Message,
  current: BackfillProgress | null,
): Promise<void> {
  const [tuning] = message.args;
  const args =
    typeof tuning === 'object' && tuning.lanes !== undefined && current !== null
      ? [{ ...tuning, lanes: lanesOfSpan(current) }]
      : message.args;
  try {
    await child.signal(message.signal.name, ...args);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    log.info('a span did not get a message', { workflowId: child.workflowId, error });
  }
}

function incomplete({ failed, spans, done, leftOut }: BackfillProgress): ApplicationFailure {
  const named = failed.first.map(({ from, to }) => `${from}..${to}`);
  const more = failed.spans > named.length ? ` and ${failed.spans - named.length} more` : '';
  return ApplicationFailure.nonRetryable(
    `${done + leftOut.spans} of ${spans} spans are done; ${failed.spans} failed (${named.join(', ')}${more}), the first of them with: ${failed.first[0]?.reason}; \`tcsync backfill\` with --resume reads what is not done`,
    'BackfillIncomplete' satisfies FailureType,
  );
}
