import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { createSink } from '../activities/elasticsearch/client.ts';
import { RejectStore } from '../activities/elasticsearch/reject-store.ts';
import { StateStore, type FeedState } from '../activities/elasticsearch/state.ts';
import { SinkMisconfiguredError } from '../activities/errors.ts';
import type { Feed } from '../config/config.ts';
import { scheduleId, stateIndex } from '../contracts/names.ts';
import type { Counts } from '../contracts/window.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { number } from './quantity.ts';
import { progressOf, runningRuns } from './runs.ts';
import { findFeed, withSession } from './session.ts';

type FeedStatus = {
  feed: string;
  /** Age of the watermark in seconds: everything older than this is written. `null`: no run has committed. */
  freshnessSeconds: number | null;
  /** Everything modified before this is written. */
  watermark: string | null;
  lastRun: {
    runId: string;
    committedAt: string;
    counts: Counts;
    late: number;
    /** What a person should look at, a sentence each. */
    attention: string[];
  } | null;
  /** Records that could not be written, and that nothing has come of yet. */
  openRejects: number;
  schedule: { paused: boolean; note: string | null; nextRunAt: string | null } | null;
  running: {
    workflowId: string;
    /** Why it reads no page; `null`: it is not paused, or no worker answers. */
    paused: string | null;
    /** Records read so far and counted in all; `null` until its window is open, and where no worker answers. */
    records: { read: number; expected: number } | null;
  }[];
  /** What a run has left that failed or was cancelled. The next run goes on there. */
  unfinished: { to: string; read: number; expected: number } | null;
};

const WAIT_MS = 30_000;

/** Prints each feed's freshness first; with `json` one object a call, `{ feeds: FeedStatus[] }`. */
export function status(name: string | null, json: boolean): Promise<ExitCode> {
  return withSession(async ({ config, temporal }) => {
    const feeds = name === null ? config.feeds : [findFeed(config, name)];
    const { namespace } = config.program;
    const sink = createSink(config.sink);
    try {
      const store = new StateStore(sink, stateIndex(namespace));
      const rejects = new RejectStore(sink, namespace);
      const statuses: FeedStatus[] = [];
      for (const feed of feeds) {
        const { state, unfinished } = await readState(store, feed);
        statuses.push({
          feed: feed.name,
          freshnessSeconds:
            state === null ? null : Math.round((Date.now() - Date.parse(state.watermark)) / 1000),
          watermark: state?.watermark ?? null,
          lastRun: state === null ? null : toLastRun(state),
          openRejects: await countOpen(rejects, feed),
          schedule: await describeSchedule(temporal, namespace, feed),
          running: await describeRuns(temporal, namespace, feed),
          unfinished,
        });
      }
      process.stdout.write(
        json ? `${JSON.stringify({ feeds: statuses })}\n` : statuses.map(toText).join('\n'),
      );
      return statuses.every(isWell) ? EXIT.ok : EXIT.attention;
    } finally {
      await sink.close();
    }
  });
}

/** Nothing also where nothing has been applied yet. */
async function readState(
  store: StateStore,
  feed: Feed,
): Promise<{ state: FeedState | null; unfinished: FeedStatus['unfinished'] }> {
  try {
    const { state, unfinished } = await store.read(feed.name, AbortSignal.timeout(WAIT_MS));
    if (unfinished === null || unfinished === 'unreadable') return { state, unfinished: null };
    const { window, counts, expected } = unfinished.progress;
    // else another run has read it meanwhile
    const isOpen = state === null || window.to > state.watermark;
    return { state, unfinished: isOpen ? { to: window.to, read: counts.read, expected } : null };
  } catch (error) {
    if (error instanceof SinkMisconfiguredError) return { state: null, unfinished: null };
    throw error;
  }
}

async function countOpen(store: RejectStore, { name: feed }: Feed): Promise<number> {
  const query = { feed, state: 'open', size: 0, after: null } as const;
  return (await store.list(query, AbortSignal.timeout(WAIT_MS))).total;
}

async function describeSchedule(
  temporal: Client,
  namespace: string,
  feed: Feed,
): Promise<FeedStatus['schedule']> {
  try {
    const { state, info } = await temporal.schedule
      .getHandle(scheduleId(namespace, feed.name))
      .describe();
    return {
      paused: state.paused,
      note: state.note || null, // the server says "" where there is none
      nextRunAt: info.nextActionTimes[0]?.toISOString() ?? null,
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

async function describeRuns(
  temporal: Client,
  namespace: string,
  feed: Feed,
): Promise<FeedStatus['running']> {
  const ids = await runningRuns(temporal, namespace, feed.name);
  return Promise.all(
    ids.map(async (workflowId) => {
      const progress = await progressOf(temporal, workflowId);
      if (progress === null) return { workflowId, paused: null, records: null };
      const { paused, counts, expected } = progress;
      return { workflowId, paused, records: { read: counts.read, expected } };
    }),
  );
}

function toLastRun({ last_run: run }: FeedState): FeedStatus['lastRun'] {
  if (run === null) return null;
  const { run_id: runId, committed_at: committedAt, counts, late, attention } = run;
  return { runId, committedAt, counts, late, attention };
}

function isWell({ schedule, lastRun }: FeedStatus): boolean {
  return schedule !== null && (lastRun === null || lastRun.attention.length === 0);
}

function toText(feedStatus: FeedStatus): string {
  const { feed, freshnessSeconds, watermark, lastRun, openRejects } = feedStatus;
  const { schedule, running, unfinished } = feedStatus;
  const rows = [
    freshnessSeconds === null
      ? 'no run has committed yet: `tcsync run` starts one'
      : `everything modified before ${watermark} is written (${age(freshnessSeconds)} ago)`,
  ];
  if (lastRun !== null) {
    rows.push(
      `last run   ${lastRun.committedAt}: ${number(lastRun.counts.read)} read, ` +
        `${number(lastRun.counts.created)} created, ${number(lastRun.counts.duplicate)} duplicate, ` +
        `${number(lastRun.counts.rejected)} rejected`,
      ...lastRun.attention.map((sentence) => `attention  ${sentence}`),
    );
  }
  if (openRejects > 0) {
    rows.push(`rejects    ${number(openRejects)} open: \`tcsync rejects list\``);
  }
  if (unfinished !== null) {
    const { to, read, expected } = unfinished;
    rows.push(
      `unfinished ${number(read)} of ${number(expected)} records of the window to ${to} are read: the next run goes on there`,
    );
  }
  rows.push(
    schedule === null
      ? 'Schedule   none: `tcsync apply` creates it'
      : schedule.paused
        ? `Schedule   paused${schedule.note === null ? '' : `: ${schedule.note}`}`
        : `Schedule   next run ${schedule.nextRunAt ?? 'unknown'}`,
    ...running.map(toRow),
  );
  return `${feed}\n${rows.map((row) => `  ${row}\n`).join('')}`;
}

function toRow({ workflowId, paused, records }: FeedStatus['running'][number]): string {
  const read =
    records === null ? '' : `, ${number(records.read)} of ${number(records.expected)} records read`;
  return paused === null
    ? `running    ${workflowId}${read}`
    : `paused     ${workflowId}${read}: ${paused}; \`tcsync resume\` lets it go on`;
}

function age(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${number(Math.round(seconds / 86_400))} days`;
}
