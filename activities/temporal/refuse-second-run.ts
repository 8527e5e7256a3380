import { activityInfo, log } from '@temporalio/activity';
import { RunUnderWayError } from '../../contracts/errors.ts';
import type { Run } from './runs.ts';
import type { TemporalQuestions } from './temporal.ts';

/** Longest wait for Temporal's answer: a run does not depend on it. */
const ANSWER_MS = 10_000;

/** The run that wants to begin. */
type Beginning = { feed: string; runId: string; startedAt: string };

/**
 * Refuses a run without an explicit window if another one of its feed was there before. It saves requests and is no
 * lock: Temporal lists a run only a moment after its start, and if it does not answer, the run begins. Two runs at once
 * do no harm: the state changes by compare-and-set only, and no document is written twice.
 *
 * @param startedAt ISO 8601
 * @throws {RunUnderWayError}
 */
export async function refuseSecondRun(
  temporal: TemporalQuestions,
  { feed, startedAt }: Pick<Beginning, 'feed' | 'startedAt'>,
  signal: AbortSignal,
): Promise<void> {
  const runId = activityInfo().workflowExecution?.runId ?? '';
  const ahead = runAhead({ feed, startedAt, runId }, await askRuns(temporal, signal));
  if (ahead === null) return;
  throw new RunUnderWayError(
    `run ${ahead.workflowId} of feed ${feed} is under way and reads the latest changes: ` +
      `\`npx tcsync run ${feed}\` follows it; only a run with an explicit window (\`from\`, \`to\`) may begin beside it`,
  );
}

/** The run of the same feed that was there before; `null` if there is none. All runs agree on which one is the first. */
export function runAhead({ feed, runId, startedAt }: Beginning, runs: readonly Run[]): Run | null {
  const own = runs.find((run) => run.runId === runId);
  const since = own?.startedAt ?? startedAt;
  const isAhead = (other: Run) =>
    other.isContinued ||
    other.startedAt < since ||
    (other.startedAt === since && other.runId < runId);
  const others = runs.filter((run) => run.feed === feed && !run.isApart && run.runId !== runId);
  return others.find(isAhead) ?? null;
}

async function askRuns(temporal: TemporalQuestions, signal: AbortSignal): Promise<Run[]> {
  try {
    return await temporal.runsUnderWay(AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
  } catch (error) {
    signal.throwIfAborted();
    log.warn('Temporal does not say which runs are under way; the run begins', { error });
    return [];
  }
}
