import {
  ApplicationFailure,
  condition,
  log,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
  type QueryDefinition,
} from '@temporalio/workflow';
import { z } from 'zod';
import { pause, resume, tune, tuneSignal } from '../contracts/messages.ts';
import { STATE } from '../contracts/search-attributes.ts';
import { type Tuned, Tuning } from '../contracts/tuning.ts';
import { requireDecoded } from './undecodable.ts';

/** What `pause`, `resume` and `tune` say. */
export type Message =
  | { signal: typeof pause; args: [reason: string] }
  | { signal: typeof resume; args: [] }
  | { signal: typeof tuneSignal; args: [Tuning] };

/**
 * What differs between the workflows that a person steers.
 *
 * @typeParam T the state of the workflow
 * @typeParam A the answer to its query `progress`
 */
export type Steered<T, A> = {
  query: QueryDefinition<A | null>;
  answer: (current: T) => A;
  /** Text for Temporal's UI. */
  details: (current: T) => string;
  /** The state after `tune`. */
  afterTune: (before: T, tuning: Tuning) => T;
  tuned: (current: T) => Tuned;
  afterResume?: (before: T) => T;
  /** Passes a message on to the workflows that this one has started. */
  passOn?: (message: Message, current: T | null) => Promise<void>;
};

/**
 * The state of a run, and the messages that change it: pause, resume, tune. Construct it before the first await: a
 * message may come with the first task.
 */
export class RunState<T extends { paused: string | null; attention: string[] }, A> {
  readonly #steered: Steered<T, A>;
  #current: T | null;
  #paused: string | null;

  /** @param carried by a continue-as-new; `null` if the run has just started */
  constructor(carried: T | null, steered: Steered<T, A>) {
    this.#steered = steered;
    this.#current = carried;
    this.#paused = carried?.paused ?? null;
    setHandler(steered.query, () => (this.#current === null ? null : steered.answer(this.current)));
    // any reason pauses the run, even one that cannot be decoded
    setHandler(pause, async (reason?: unknown) => {
      const given = typeof reason === 'string' && reason !== '' ? reason : 'no reason given';
      this.#paused = given;
      this.#show();
      await this.#passOn({ signal: pause, args: [given] });
    });
    setHandler(resume, async () => {
      this.#paused = null;
      if (this.#current !== null)
        this.#current = steered.afterResume?.(this.current) ?? this.#current;
      this.#show();
      await this.#passOn({ signal: resume, args: [] });
    });
    setHandler(tune, (tuning) => this.#tune(tuning), { validator: requireTuning });
    setHandler(tuneSignal, async (tuning: unknown) => {
      const { data } = Tuning.safeParse(tuning);
      if (data === undefined)
        log.warn('a signal `tune` is ignored: it holds no page size and no lanes');
      else await this.#tune(data);
    });
  }

  /** @throws {Error} before the window is open */
  get current(): T {
    if (this.#current === null) throw new Error('the window is not open yet');
    return { ...this.#current, paused: this.#paused };
  }

  update(next: T): void {
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

  async #tune(tuning: Tuning): Promise<Tuned> {
    await condition(() => this.#current !== null);
    this.update(this.#steered.afterTune(this.current, tuning));
    await this.#passOn({ signal: tuneSignal, args: [tuning] });
    return this.#steered.tuned(this.current);
  }

  async #passOn(message: Message): Promise<void> {
    await this.#steered.passOn?.(message, this.#current);
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
    const held = this.#paused === null ? '' : `paused: ${this.#paused}\n\n`;
    setCurrentDetails(
      `${held}${this.#current === null ? '' : this.#steered.details(this.#current)}`,
    );
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
