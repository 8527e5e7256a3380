import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { BackfillFeedInput, type BackfillFeedResult } from '../contracts/backfill-feed-input.ts';
import { backfillWorkflowId, taskQueue } from '../contracts/names.ts';
import type { Tuning } from '../contracts/tuning.ts';
import { backfillLooks } from '../watch/look-at-backfill.ts';
import { number, plural } from '../watch/words.ts';
import type { backfillFeed } from '../workflows/backfill-feed.ts';
import { applyTuning } from './apply-tuning.ts';
import { searchAttributesOf } from './create-search-attributes.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { follow } from './follow.ts';
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
    process.stderr.write(`backfill ${handle.workflowId}\n`);
    const result = await follow(session, handle, backfillLooks());
    if (result === null) {
      process.stderr.write(
        'detached; the backfill continues. The same command attaches to it again; `npx tcsync status` shows its progress.\n',
      );
      return EXIT.ok;
    }
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : toText(result));
    return result.counts.rejected > 0 || result.attention.length > 0 ? EXIT.attention : EXIT.ok;
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
  { pageSize, lanes, span, resume }: Input,
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
  const tuning: Tuning = {
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(lanes === undefined ? {} : { lanes }),
  };
  if (Object.keys(tuning).length > 0) {
    process.stderr.write(`${await applyTuning(session, handle, tuning)}\n`);
  }
}

function toText(result: BackfillFeedResult): string {
  const { from, to, spans, done, leftOut, counts, late, notes, attention } = result;
  const rows = [
    `range      ${from} to ${to}`,
    `spans      ${number(done)} of ${number(spans)} read${leftOut > 0 ? `, ${number(leftOut)} left out as they were read before` : ''}`,
    `read       ${plural(counts.read, 'record')} in ${plural(counts.pages, 'page')}`,
    `created    ${number(counts.created)}`,
    `duplicate  ${number(counts.duplicate)}`,
    `rejected   ${number(counts.rejected)}`,
    ...(late > 0 ? [`late       ${number(late)}, left to the next run`] : []),
    ...notes.map((note) => `note       ${note}`),
    ...attention.map((sentence) => `attention  ${sentence}`),
  ];
  return `${rows.join('\n')}\n`;
}
