import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowIdConflictPolicy, type Client, type WorkflowHandle } from '@temporalio/client';
import { runWorkflowId, taskQueue } from '../contracts/names.ts';
import type { SyncFeedInput, SyncFeedResult } from '../contracts/sync-feed.ts';
import { progressOf } from '../watch/look-at-run.ts';
import { runsUnderWay } from '../watch/runs.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { number, ProgressBar } from './progress-bar.ts';
import { searchAttributesOf } from './search-attributes.ts';
import { findFeed, requireWorker, withSession, type Session } from './session.ts';
import { toCommandError } from './workflow-error.ts';

const POLL_MS = 500;

type Input = { from?: string; to?: string; pageSize?: number; lanes?: number };

/** Starts a run, or attaches to one that is under way, by hand or by the Schedule, and follows it to its end. */
export function run(name: string | null, window: Input, json: boolean): Promise<ExitCode> {
  return withSession(async (session) => {
    const { config, temporal } = session;
    const feed = findFeed(config, name).name;
    await requireWorker(session);
    const handle = (await underWay(session, feed, window)) ?? (await start(session, feed, window));
    process.stderr.write(`run ${handle.workflowId}\n`);
    const result = await follow(temporal, handle);
    if (result === null) {
      process.stderr.write(
        'detached; the run goes on. The same command attaches again while it lasts; `npx tcsync status` shows where it stands.\n',
      );
      return EXIT.ok;
    }
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : toText(result));
    return result.counts.rejected > 0 || result.attention.length > 0 ? EXIT.attention : EXIT.ok;
  });
}

type Handle = WorkflowHandle<typeof syncFeed>;

/** A run that reads what is new: another one beside it would read the same. `null` also where a window is asked for. */
async function underWay(
  { config, temporal }: Session,
  feed: string,
  { from, to, pageSize, lanes }: Input,
): Promise<Handle | null> {
  if (from !== undefined || to !== undefined) return null;
  const { namespace } = config.program;
  const runs = await runsUnderWay(temporal, namespace);
  const run = runs.find((each) => each.feed === feed && !each.isApart);
  if (run === undefined) return null;
  if (pageSize !== undefined || lanes !== undefined) {
    process.stderr.write('the run is under way already: `tcsync tune` changes how it reads\n');
  }
  return temporal.workflow.getHandle<typeof syncFeed>(run.workflowId);
}

async function start(session: Session, feed: string, window: Input): Promise<Handle> {
  const { config, temporal } = session;
  const { namespace } = config.program;
  const args: [SyncFeedInput] = [{ feed, ...window }];
  return temporal.workflow.start<typeof syncFeed>('syncFeed', {
    workflowId: runWorkflowId(namespace, feed, window),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    taskQueue: taskQueue(namespace),
    args,
    ...(await searchAttributesOf(session, feed)),
  });
}

/** @returns the result, or `null` where Ctrl-C detached */
async function follow(
  temporal: Client,
  handle: WorkflowHandle<typeof syncFeed>,
): Promise<SyncFeedResult | null> {
  const bar = new ProgressBar(process.stderr, Date.now());
  const ended = new AbortController();
  const detached = new AbortController();
  const detach = () => detached.abort();
  process.once('SIGINT', detach);
  const drawing = draw(temporal, handle, bar, AbortSignal.any([ended.signal, detached.signal]));
  try {
    // the signal ends the long poll; else it would outlive the connection
    return await temporal.withAbortSignal(detached.signal, () => handle.result());
  } catch (error) {
    if (detached.signal.aborted) return null;
    throw toCommandError(handle.workflowId, error);
  } finally {
    process.off('SIGINT', detach);
    ended.abort();
    await drawing;
    bar.end();
  }
}

async function draw(
  temporal: Client,
  handle: WorkflowHandle<typeof syncFeed>,
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const state = await progressOf(temporal, handle.workflowId, signal);
    if (state !== null) bar.draw(state, Date.now());
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

function toText({ window, counts, late, watermark, notes, attention }: SyncFeedResult): string {
  const rows = [
    `window     ${window.from ?? 'the beginning'} to ${window.to}`,
    `read       ${number(counts.read)} records in ${counts.pages} pages`,
    `created    ${number(counts.created)}`,
    `duplicate  ${number(counts.duplicate)}`,
    `rejected   ${number(counts.rejected)}`,
    ...(late > 0 ? [`late       ${number(late)}, left to the next run`] : []),
    `watermark  ${watermark ?? 'none yet'}`,
    ...notes.map((note) => `note       ${note}`),
    ...attention.map((sentence) => `attention  ${sentence}`),
  ];
  return `${rows.join('\n')}\n`;
}
