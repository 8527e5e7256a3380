import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { comparedSettings } from '../config/compared-settings.ts';
import { replacementProgress } from '../contracts/messages.ts';
import { replacementWorkflowId, taskQueue } from '../contracts/names.ts';
import type {
  ReplaceLatestResult,
  ReplacementProgress,
} from '../contracts/replace-latest-input.ts';
import { toSettingsCode } from '../contracts/settings-code.ts';
import { number, plural } from '../watch/words.ts';
import type { replaceLatest as replaceLatestWorkflow } from '../workflows/replace-latest.ts';
import { CommandError } from './exit-code.ts';
import { follow, type LookAt } from './follow.ts';
import type { Session } from './session.ts';

type Handle = WorkflowHandle<typeof replaceLatestWorkflow>;

/** Starts a replacement of the latest index, or attaches to the open one, and follows it. */
export async function replaceLatest(
  session: Session,
  { undo }: { undo: boolean },
): Promise<ReplaceLatestResult> {
  const handle = await start(session, undo);
  const command = `\`tcsync apply ${undo ? '--undo' : '--replace-latest'}\``;
  const result = await follow(session, handle, phases(), {
    cancelled: `readers stay with the index that they saw, which is up to date again in some minutes; ${command} begins anew`,
    terminated: `the latest index may stand still until ${command} continues the replacement`,
  });
  if (result !== null) return result;
  throw new CommandError(`detached; ${handle.workflowId} continues: ${command} follows it again`);
}

async function start({ config, temporal }: Session, undo: boolean): Promise<Handle> {
  const { namespace } = config.program;
  const workflowId = replacementWorkflowId(namespace);
  try {
    return await temporal.workflow.start<typeof replaceLatestWorkflow>('replaceLatest', {
      workflowId,
      taskQueue: taskQueue(namespace),
      args: [{ undo, settingsCode: toSettingsCode(comparedSettings(config)) }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const handle = temporal.workflow.getHandle<typeof replaceLatestWorkflow>(workflowId);
    const { replacement } = await handle.query(replacementProgress);
    if (replacement !== null && (replacement.kind === 'undo') !== undo) {
      throw new CommandError(
        `${workflowId} is open and replaces ${replacement.from.index} by ${replacement.to.index}: wait for its end, or cancel it`,
      );
    }
    process.stderr.write(`attached to ${workflowId}, which is open already\n`);
    return handle;
  }
}

/** Says each phase when it begins, and how far a copy is. */
function phases(): LookAt {
  let said = '';
  return async (temporal, workflowId, signal) => {
    const progress = await temporal
      .withAbortSignal(signal, () =>
        temporal.workflow.getHandle(workflowId).query(replacementProgress),
      )
      .catch(() => null);
    if (progress !== null) {
      const text = progressText(progress);
      if (text !== said) process.stderr.write(`${text}\n`);
      said = text;
    }
    return null;
  };
}

function progressText({ phase, replacement, copied, total }: ReplacementProgress): string {
  const what = replacement === null ? '' : `, ${replacement.from.index} to ${replacement.to.index}`;
  const isCopying = phase === 'copying' || phase === 'copying changes';
  return `${phase}${what}${isCopying ? `: ${number(copied)} of ${number(total)}` : ''}`;
}

/** What was replaced, and what is known about the result. */
export function replacementText({
  from,
  to,
  compared,
}: ReplaceLatestResult): [what: string, more: string[]] {
  const proof =
    compared === null
      ? 'not compared, as the two group indicators differently'
      : `${plural(compared.equal, 'indicator')} are the same in both, ${number(compared.changed)} changed meanwhile`;
  return [
    `latest index ${from} by ${to}`,
    [proof, `${from} is kept for TCSYNC_KEEP_PREVIOUS: \`tcsync apply --undo\` goes back to it`],
  ];
}
