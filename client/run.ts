import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { runWorkflowId, taskQueue } from '../contracts/names.ts';
import { SyncFeedInput, type SyncFeedResult } from '../contracts/sync-feed-input.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';
import { applyTuning } from './apply-tuning.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { followToEnd } from './follow-to-end.ts';
import { searchAttributesOf } from './create-search-attributes.ts';
import { findFeed, requireWorker, withSession, type Session } from './session.ts';
import { triggerRun } from './trigger-run.ts';

type Options = { from?: string; to?: string; pageSize?: number; lanes?: number };

type Handle = WorkflowHandle<typeof syncFeed>;

/** Triggers a run, or attaches to the open one, also if the Schedule started it, and follows it to its end. */
export async function run(name: string | null, options: Options, json: boolean): Promise<ExitCode> {
  const { error } = SyncFeedInput.safeParse(options);
  if (error) {
    const problems = error.issues.map(({ message }) => message).join('; ');
    throw new CommandError(`the window is not valid: ${problems}`, EXIT.usage);
  }
  return withSession(async (session) => {
    const feed = findFeed(session.config, name).name;
    await requireWorker(session);
    const { from, to: _, ...tuning } = options;
    const { handle, isTuned } =
      from === undefined
        ? { handle: await triggerRun(session, feed), isTuned: false }
        : await startWindow(session, { ...options, feed, from });
    if (!isTuned && Object.keys(tuning).length > 0) {
      process.stderr.write(`${await applyTuning(session, handle, tuning)}\n`);
    }
    return followToEnd(session, handle, { what: 'run', json, rows });
  });
}

/**
 * Starts a run that reads an explicit window, or finds the one that reads it already, which does not have the page size
 * and lanes of this command.
 */
async function startWindow(
  session: Session,
  input: SyncFeedInput & { feed: string; from: string },
): Promise<{ handle: Handle; isTuned: boolean }> {
  const { config, temporal } = session;
  const { namespace } = config.program;
  const workflowId = runWorkflowId(namespace, input.feed, input);
  try {
    const handle = await temporal.workflow.start<typeof syncFeed>('syncFeed', {
      workflowId,
      taskQueue: taskQueue(namespace),
      args: [input],
      ...(await searchAttributesOf(session, input.feed)),
    });
    return { handle, isTuned: true };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    process.stderr.write('a run reads this window already: following it\n');
    return { handle: temporal.workflow.getHandle<typeof syncFeed>(workflowId), isTuned: false };
  }
}

function rows({ window, watermark }: SyncFeedResult): string[] {
  return [
    `window     ${window.from ?? 'the beginning'} to ${window.to}`,
    `watermark  ${watermark ?? 'none yet'}`,
  ];
}
