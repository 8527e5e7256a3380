import { type JsonObject } from '../json/exact.ts';

/** The state of an index in its policy. */
export interface LifecycleState {
  readonly policy: string;
  phase: string;
  action: string;
  step: string;
  phaseMs: number;
  actionMs: number;
  stepMs: number;
  error: LifecycleError | null;
  /**
   * The phase as it was when the index entered it. A change of the policy reaches it only if the phase keeps the same
   * actions; the age at which the next phase begins is always that of the present policy.
   */
  running: { definition: JsonObject; version: number; modifiedMs: number };
}

/** The failed step. */
export interface LifecycleError {
  readonly step: string;
  readonly info: JsonObject;
  readonly autoRetryable: boolean;
  retries: number;
}

/** A failure of the next step of an index, ordered by a test. */
export interface OrderedFailure {
  readonly info: JsonObject;
  readonly autoRetryable: boolean;
  /** How many more executions fail. */
  left: number;
}

/** The lifecycles of the whole cluster. */
export class Lifecycles {
  running = true;
  /** Time of the last poll. */
  polledMs: number;
  readonly failures = new Map<string, OrderedFailure>();

  constructor(startedMs: number) {
    this.polledMs = startedMs;
  }
}
