import { temporalCommand, type TemporalPlace } from '../contracts/temporal-command.ts';
import { attention, note, type Finding } from './finding.ts';
import type { PendingActivity, RunLook } from './look-at-run.ts';
import { operationsRow, reasonText, shortened } from './reason.ts';

/** With pauses of 1, 2, 4 … 120 s between attempts, this one comes after at least four minutes. */
const STUCK_ATTEMPT = 9;

/** Findings about a run that makes no progress. */
export function judgeRun(
  feed: string,
  { workflowId, failingTask, paused, failing }: RunLook,
  place: TemporalPlace,
): Finding[] {
  const found: Finding[] = [];
  // a single failure may come from a worker that died, which is not a bug in the program
  if (failingTask !== null && (failingTask.reason !== null || failingTask.attempt > 2)) {
    const { attempt, since, reason } = failingTask;
    const why = reason === null ? '' : `: ${reasonText(reason)}`;
    found.push(
      attention('stuck-run', {
        since,
        what: `run ${workflowId} is stuck: its next step is at attempt ${attempt}${why}`,
        remedy: `Start workers of the version that began it, or ${temporalCommand(`workflow terminate -w ${workflowId}`, place)}: the next run begins at the watermark`,
      }),
    );
  }
  if (failing !== null) found.push(judgeActivity(workflowId, failing));
  if (paused !== null) {
    found.push(
      attention('paused-run', {
        what: `run ${workflowId} is paused: ${shortened(paused)}`,
        remedy: `To continue it: \`npx tcsync resume ${feed}\``,
      }),
    );
  }
  return found;
}

function judgeActivity(
  workflowId: string,
  { type, attempt, since, reason }: PendingActivity,
): Finding {
  const what = `${type} of run ${workflowId} is at attempt ${attempt}${reason === null ? '' : `: ${reasonText(reason)}`}`;
  if (attempt < STUCK_ATTEMPT) return note('stuck-run', { since, what, remedy: null });
  const remedy = `Run \`npx tcsync check\`: it says what is wrong${operationsRow(reason)}. The run continues by itself once that is corrected`;
  return attention('stuck-run', { since, what, remedy });
}
