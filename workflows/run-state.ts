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
 * The state of a run, and the messages that change it: pause, resume, tune. Construct it before the first await: a
 * message may come with the first task.
 */
export class RunState {
  #current: SyncFeedProgress | null;
  #paused: string | null;

  /** @param carried by a continue-as-new; `null` if the run has just started */
  constructor(carried: SyncFeedProgress | null) {
    this.#current = carried;
    this.#paused = carried?.paused ?? null;
    setHandler(progress, () => (this.#current === null ? null : this.current));
    // any reason pauses the run, even one that cannot be decoded
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

  /**
   * Resolves when the run is not paused. A run that is to continue as new does not wait: the next run carries the
   * pause.
   */
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
    // if a run was started without the attribute, the server may not know it, and the run would hang
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
 * Removes the state attribute when a run ends by itself, so that a search for runs in a state finds no run that is
 * over. A terminated run keeps the attribute: search by `ExecutionStatus` too.
 */
export async function withoutStateAtItsEnd<T>(run: () => Promise<T>): Promise<T> {
  try {
    const result = await run();
    unsetState();
    return result;
  } catch (error) {
    // not if the run continues as new; and after a bug no command may be written
    if (error instanceof TemporalFailure) unsetState();
    throw error;
  }
}

function unsetState(): void {
  if (workflowInfo().typedSearchAttributes.get(STATE) === undefined) return;
  upsertSearchAttributes([{ key: STATE, value: null }]);
}

function requireTuning(tuning: unknown): void {
  requireDecoded('the argument of `tune`', tuning, 'BadInput');
  const parsed = Tuning.safeParse(tuning);
  if (!parsed.success) throw ApplicationFailure.nonRetryable(z.prettifyError(parsed.error));
}
