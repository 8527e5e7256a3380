import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import { previousSlotOf } from './previous-slot.ts';
import { runsUnderWay, type Run } from './runs.ts';

const DAY_MS = 86_400_000;

/** What activities ask Temporal about other runs. They change nothing there. */
export type TemporalQuestions = {
  /** Runs of `syncFeed` that are under way in the namespace, the oldest first; one that has just begun may be missing. */
  runsUnderWay(signal: AbortSignal): Promise<Run[]>;
  /** Result of the last run with this workflow id; `undefined` if it did not complete, or is no longer kept. */
  resultOf(workflowId: string, signal: AbortSignal): Promise<unknown>;
  /** True if a run with this workflow id has not ended. */
  isOpen(workflowId: string, signal: AbortSignal): Promise<boolean>;
  /** For how many days runs that have ended are kept; `null`: not known. */
  keptDays(signal: AbortSignal): Promise<number | null>;
  /**
   * The last slot of a Schedule before another of its slots, both epoch milliseconds.
   * @throws {BadInputError} if the Schedule is gone, or has no such slot
   */
  previousSlot(scheduleId: string, slotMs: number, signal: AbortSignal): Promise<number>;
};

/** Asks the Temporal server behind `client`. */
export class Temporal implements TemporalQuestions {
  readonly #client: Client;
  readonly #namespace: string;

  /** @param namespace of the data stream */
  constructor(client: Client, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  runsUnderWay(signal: AbortSignal): Promise<Run[]> {
    return this.#client.withAbortSignal(signal, () => runsUnderWay(this.#client, this.#namespace));
  }

  resultOf(workflowId: string, signal: AbortSignal): Promise<unknown> {
    return this.#client.withAbortSignal(signal, async () => {
      const handle = this.#client.workflow.getHandle(workflowId);
      try {
        const { status } = await handle.describe();
        return status.name === 'COMPLETED' ? await handle.result() : undefined;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    });
  }

  isOpen(workflowId: string, signal: AbortSignal): Promise<boolean> {
    return this.#client.withAbortSignal(signal, async () => {
      try {
        const { closeTime } = await this.#client.workflow.getHandle(workflowId).describe();
        return closeTime === undefined;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    });
  }

  async keptDays(signal: AbortSignal): Promise<number | null> {
    const { namespace } = this.#client.options;
    const { config } = await this.#client.withAbortSignal(signal, () =>
      this.#client.workflowService.describeNamespace({ namespace }),
    );
    const keptMs = optionalTsToMs(config?.workflowExecutionRetentionTtl);
    return keptMs === undefined ? null : Math.floor(keptMs / DAY_MS);
  }

  previousSlot(scheduleId: string, slotMs: number, signal: AbortSignal): Promise<number> {
    return this.#client.withAbortSignal(signal, () =>
      previousSlotOf(this.#client, scheduleId, slotMs),
    );
  }
}
