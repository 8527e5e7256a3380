import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { BackfillFeedInput, type BackfillFeedResult } from '../contracts/backfill-feed-input.ts';
import { backfillWorkflowId, taskQueue } from '../contracts/names.ts';
import { backfillLooks } from '../watch/look-at-backfill.ts';
import { number } from '../watch/words.ts';
import type { backfillFeed } from '../workflows/backfill-feed.ts';
import { applyTuning } from './apply-tuning.ts';
import { searchAttributesOf } from './create-search-attributes.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { followToEnd } from './follow-to-end.ts';
import { findFeed, requireWorker, withSession, type Session } from './session.ts';

type Input = Omit<BackfillFeedInput, 'feed' | 'carried'>;
type Handle = WorkflowHandle<typeof backfillFeed>;

/** Starts a backfill, or attaches to the open one of the same range, and follows it to its end. */
export async function backfill(
  name: string | null,
  input: Input,
  json: boolean,
): Promise<ExitCode> {
  const { error } = BackfillFeedInput.safeParse(input);
  if (error) {
    const problems = error.issues.map(
      ({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`,
    );
    throw new CommandError(`the backfill is not valid: ${problems.join('; ')}`, EXIT.usage);
  }
  return withSession(async (session) => {
    const feed = findFeed(session.config, name).name;
    await requireWorker(session);
    const handle = await start(session, feed, input);
    const lookAt = backfillLooks();
    return followToEnd(session, handle, { what: 'backfill', json, rows, lookAt });
  });
}

async function start(session: Session, feed: string, input: Input): Promise<Handle> {
  const { config, temporal } = session;
  const { namespace } = config.program;
  const workflowId = backfillWorkflowId(namespace, feed, input);
  try {
    return await temporal.workflow.start<typeof backfillFeed>('backfillFeed', {
      workflowId,
      taskQueue: taskQueue(namespace),
      args: [{ feed, ...input }],
      ...(await searchAttributesOf(session, feed)),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const handle = temporal.workflow.getHandle<typeof backfillFeed>(workflowId);
    await attach(session, handle, input);
    return handle;
  }
}

/** Says what cannot be applied to a backfill that is under way, and applies the rest. */
async function attach(
  session: Session,
  handle: Handle,
  { from: _from, to: _to, span, resume, ...tuning }: Input,
): Promise<void> {
  const fixed = [
    ...(span === undefined ? [] : ['--span']),
    ...(resume === undefined ? [] : ['--resume']),
  ];
  if (fixed.length > 0) {
    process.stderr.write(
      `the backfill is already open: ${fixed.join(' and ')} cannot be changed any more\n`,
    );
  }
  if (Object.keys(tuning).length > 0) {
    process.stderr.write(`${await applyTuning(session, handle, tuning)}\n`);
  }
}

function rows({ from, to, spans, done, leftOut }: BackfillFeedResult): string[] {
  const known = leftOut > 0 ? `, ${number(leftOut)} left out as they were read before` : '';
  return [
    `range      ${from} to ${to}`,
    `spans      ${number(done)} of ${number(spans)} read${known}`,
  ];
}
