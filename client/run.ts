import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { tune } from '../contracts/messages.ts';
import { runWorkflowId, taskQueue } from '../contracts/names.ts';
import { SyncFeedInput, type SyncFeedResult } from '../contracts/sync-feed-input.ts';
import { runsUnderWay } from '../activities/temporal/runs.ts';
import { number, plural } from '../watch/words.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { follow } from './follow.ts';
import { searchAttributesOf } from './create-search-attributes.ts';
import { findFeed, requireWorker, withSession, type Session } from './session.ts';

/** Longest wait for the answer to an update. A run that is opening its window answers only afterwards. */
const TUNE_MS = 2_000;

type Input = { from?: string; to?: string; pageSize?: number; lanes?: number };

/** Starts a run, or attaches to the open one, also if the Schedule started it, and follows it to its end. */
export async function run(name: string | null, input: Input, json: boolean): Promise<ExitCode> {
  const { error } = SyncFeedInput.safeParse(input);
  if (error) {
    const problems = error.issues.map(({ message }) => message).join('; ');
    throw new CommandError(`the window is not valid: ${problems}`, EXIT.usage);
  }
  return withSession(async (session) => {
    const feed = findFeed(session.config, name).name;
    await requireWorker(session);
    const handle = (await underWay(session, feed, input)) ?? (await start(session, feed, input));
    process.stderr.write(`run ${handle.workflowId}\n`);
    const result = await follow(session, handle);
    if (result === null) {
      process.stderr.write(
        'detached; the run continues. The same command attaches to it again; `npx tcsync status` shows its progress.\n',
      );
      return EXIT.ok;
    }
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : toText(result));
    return result.counts.rejected > 0 || result.attention.length > 0 ? EXIT.attention : EXIT.ok;
  });
}

type Handle = WorkflowHandle<typeof syncFeed>;

/** The open run that reads the latest changes: a second run would read the same. `null` also for an explicit window. */
async function underWay(session: Session, feed: string, input: Input): Promise<Handle | null> {
  if (input.from !== undefined || input.to !== undefined) return null;
  const { config, temporal } = session;
  const { namespace } = config.program;
  const runs = await runsUnderWay(temporal, namespace);
  const found = runs.find((each) => each.feed === feed && !each.isApart);
  return found === undefined ? null : attach(session, found.workflowId, input);
}

async function start(session: Session, feed: string, input: Input): Promise<Handle> {
  const { config, temporal } = session;
  const { namespace } = config.program;
  const workflowId = runWorkflowId(namespace, feed, input);
  const args: [SyncFeedInput] = [{ feed, ...input }];
  try {
    return await temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId,
      taskQueue: taskQueue(namespace),
      args,
      ...(await searchAttributesOf(session, feed)),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return attach(session, workflowId, input);
  }
}

/** Applies page size and lanes to an open run, and prints the result. */
async function attach(
  { temporal, connection }: Session,
  id: string,
  { pageSize, lanes }: Input,
): Promise<Handle> {
  const handle = temporal.workflow.getHandle<typeof syncFeed>(id);
  if (pageSize === undefined && lanes === undefined) return handle;
  const tuning = {
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(lanes === undefined ? {} : { lanes }),
  };
  try {
    const tuned = await connection.withDeadline(Date.now() + TUNE_MS, () =>
      handle.executeUpdate(tune, { args: [tuning] }),
    );
    process.stderr.write(
      `the run is already open; it reads ${plural(tuned.pageSize, 'record')} a page on ${plural(tuned.lanes, 'lane')} from now on\n`,
    );
  } catch (error) {
    const { message } =
      error instanceof WorkflowUpdateFailedError ? (error.cause ?? error) : (error as Error);
    process.stderr.write(
      `the run is already open, but did not accept the new page size or number of lanes: ${message}; \`tcsync tune\` tries again\n`,
    );
  }
  return handle;
}

function toText({ window, counts, late, watermark, notes, attention }: SyncFeedResult): string {
  const rows = [
    `window     ${window.from ?? 'the beginning'} to ${window.to}`,
    `read       ${plural(counts.read, 'record')} in ${plural(counts.pages, 'page')}`,
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
