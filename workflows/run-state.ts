import {
  ApplicationFailure,
  condition,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import { pause, progress, resume, tune } from '../contracts/messages.ts';
import type { SyncFeedProgress } from '../contracts/progress.ts';
import { STATE } from '../contracts/search-attributes.ts';
import { type Tuned, Tuning } from '../contracts/tuning.ts';
import { requireDecoded } from './undecodable.ts';

/**
 * Where a run stands, and what people tell it: to hold, to go on, to read more or less at a time. Make it before
 * the first await: a message may come with the first task.
 */
export class RunState {
  #current: SyncFeedProgress | null;
  #paused: string | null;

  /** @param carried by a continue-as-new; `null`: the run has just started */
  constructor(carried: SyncFeedProgress | null) {
    this.#current = carried;
    this.#paused = carried?.paused ?? null;
    setHandler(progress, () => (this.#current === null ? null : this.current));
    // whatever a person sends as the reason, also what cannot be decoded: the run holds
    setHandler(pause, (reason?: unknown) => {
      this.#paused = typeof reason === 'string' && reason !== '' ? reason : 'no reason given';
      this.#show();
    });
    setHandler(resume, () => {
      this.#paused = null;
      this.#show();
    });
    setHandler(tune, (tuning) => this.#tune(tuning), { validator: requireTuning });
  }

  /** @throws {Error} before the window is open */
  get current(): SyncFeedProgress {
    if (this.#current === null) throw new Error('the window is not open yet');
    return { ...this.#current, paused: this.#paused };
  }

  update(next: SyncFeedProgress): void {
    this.#current = next;
    this.#show();
  }

  /** Resolves at once, or when the run may go on. A run that is to continue as new does not wait: it carries the pause. */
  async released(): Promise<void> {
    await condition(() => this.#paused === null || workflowInfo().continueAsNewSuggested);
  }

  async #tune({ pageSize, lanes }: Tuning): Promise<Tuned> {
    await condition(() => this.#current !== null);
    const before = this.current;
    const tuned = { pageSize: pageSize ?? before.pageSizeMax, lanes: lanes ?? before.lanes };
    this.update({
      ...before,
      lanes: tuned.lanes,
      ...(pageSize === undefined ? {} : { pageSize, pageSizeMax: pageSize, lightPages: 0 }),
    });
    return tuned;
  }

  #show(): void {
    const { typedSearchAttributes } = workflowInfo();
    const attention = this.#current?.attention.length ?? 0;
    const state = this.#paused !== null ? 'paused' : attention > 0 ? 'attention' : 'running';
    // a run that was started without it may be on a server that does not know it, and would hang
    const shown = typedSearchAttributes.get(STATE);
    if (shown !== undefined && shown !== state) {
      upsertSearchAttributes([{ key: STATE, value: state }]);
    }
    setCurrentDetails(this.#details());
  }

  #details(): string {
    const held = this.#paused === null ? '' : `paused: ${this.#paused}\n\n`;
    if (this.#current === null) return held;
    const { counts, expected } = this.#current;
    return `${held}${counts.pages} pages, ${counts.read} of ${expected} records read`;
  }
}

/**
 * Takes a run's state from it when it comes to its own end, so that whoever looks for runs in a state finds none
 * that are over. One that is terminated keeps it: look for `ExecutionStatus` too.
 */
export async function withoutStateAtItsEnd<T>(run: () => Promise<T>): Promise<T> {
  try {
    const result = await run();
    unsetState();
    return result;
  } catch (error) {
    // not of one that goes on as a new one, and a bug writes no command
    if (error instanceof TemporalFailure) unsetState();
    throw error;
  }
}

function unsetState(): void {
  if (workflowInfo().typedSearchAttributes.get(STATE) === undefined) return;
  upsertSearchAttributes([{ key: STATE, value: null }]);
}

function requireTuning(tuning: unknown): void {
  requireDecoded('what `tune` was sent', tuning, 'BadInput');
  const parsed = Tuning.safeParse(tuning);
  if (!parsed.success) throw ApplicationFailure.nonRetryable(z.prettifyError(parsed.error));
}
