import type { Client } from '@temporalio/client';
import { addCounts, NO_COUNTS, type Counts } from '../contracts/counts.ts';
import { scheduleId } from '../contracts/names.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';

/** `PENDING_ACTIVITY_STATE_SCHEDULED` of temporal/api/enums/v1/workflow.proto: no worker works at it. */
const SCHEDULED = 1;

/** What Temporal says about all runs together. */
export type RunNumbers = {
  runs: number;
  counts: Counts;
  /** Attempts at an activity after the first one. */
  attemptsRetried: number;
  /** Those for which the last attempt had lost its worker. */
  workerLost: number;
};

/** The runs of a namespace's feed since a moment, as Temporal shows them. */
export class Runs {
  readonly #temporal: Client;
  readonly #query: string;

  constructor(temporal: Client, namespace: string, since: Date) {
    this.#temporal = temporal;
    const id = scheduleId(namespace, 'default');
    this.#query = `WorkflowId STARTS_WITH "${id}" AND StartTime >= "${since.toISOString()}"`;
  }

  /** True if a run is under way and no worker works for it: each of its activities waits for its next attempt. */
  async isWaiting(): Promise<boolean> {
    const running = `${this.#query} AND ExecutionStatus = "Running"`;
    for await (const { workflowId } of this.#temporal.workflow.list({ query: running })) {
      const { raw } = await this.#temporal.workflow.getHandle(workflowId).describe();
      const activities = raw.pendingActivities ?? [];
      return (
        activities.length > 0 &&
        activities.every(
          ({ state, lastFailure }) => Number(state) === SCHEDULED && Boolean(lastFailure),
        )
      );
    }
    return false;
  }

  /** All runs must have ended. */
  async numbers(): Promise<RunNumbers> {
    const numbers: RunNumbers = { runs: 0, counts: NO_COUNTS, attemptsRetried: 0, workerLost: 0 };
    for await (const { workflowId, runId, status } of this.#temporal.workflow.list({
      query: this.#query,
    })) {
      const handle = this.#temporal.workflow.getHandle<typeof syncFeed>(workflowId, runId);
      // a run that continues as new is listed in several parts; the last one has the result
      if (status.name === 'COMPLETED') {
        numbers.runs += 1;
        numbers.counts = addCounts(numbers.counts, (await handle.result()).counts);
      }
      const { events } = await handle.fetchHistory();
      for (const { activityTaskStartedEventAttributes: started } of events ?? []) {
        numbers.attemptsRetried += Math.max(0, (started?.attempt ?? 1) - 1);
        if (started?.lastFailure?.timeoutFailureInfo) numbers.workerLost += 1;
      }
    }
    return numbers;
  }
}
