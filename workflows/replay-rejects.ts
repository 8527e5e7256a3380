import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import {
  addReplay,
  NO_REPLAY,
  REPLAY_BATCH,
  ReplayRejectsInput,
  type ReplayCounts,
} from '../contracts/replay-rejects-input.ts';
import type { Position } from '../contracts/reject.ts';
import { ATTEMPTS } from './retry-policy.ts';
import { parseInput } from './parse-input.ts';

const { replayBatch } = proxyActivities<Activities>({
  ...ATTEMPTS,
  startToCloseTimeout: '15 minutes',
});

/** Reads rejected records again and writes those that can now be written: the given rejects, or all open ones. */
export async function replayRejects(input: ReplayRejectsInput): Promise<ReplayCounts> {
  const { feed, rejects, resume } = parseInput(ReplayRejectsInput, input);
  const { firstExecutionRunId: runId } = workflowInfo();
  let after: Position | null = resume?.after ?? null;
  let done = resume?.done ?? 0;
  let counts: ReplayCounts = resume?.counts ?? NO_REPLAY;
  for (;;) {
    const batch = rejects?.slice(done, done + REPLAY_BATCH) ?? null;
    const result = await replayBatch({ feed, runId, rejects: batch, after });
    counts = addReplay(counts, result.counts);
    after = result.next;
    done += REPLAY_BATCH;
    if (rejects === undefined ? after === null : done >= rejects.length) return counts;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof replayRejects>({
        feed,
        ...(rejects === undefined ? {} : { rejects }),
        resume: { after, done, counts },
      });
    }
  }
}
