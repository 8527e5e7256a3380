import { type JsonObject } from '../json/exact.ts';

/** Where an index stands in its policy. */
export interface LifecycleState {
  readonly policy: string;
  phase: string;
  action: string;
  step: string;
  phaseMs: number;
  actionMs: number;
  stepMs: number;
  error: LifecycleError | null;
}

/** The step that did not succeed. */
export interface LifecycleError {
  readonly step: string;
  readonly info: JsonObject;
  readonly autoRetryable: boolean;
  retries: number;
}

/** A failure that a test has ordered for an index's next step. */
export interface OrderedFailure {
  readonly info: JsonObject;
  readonly autoRetryable: boolean;
  /** How many more executions of the step fail. */
  left: number;
}

/** What the whole cluster knows of lifecycles. */
export class Lifecycles {
  running = true;
  /** The poll that was carried out last. */
  polledMs: number;
  readonly failures = new Map<string, OrderedFailure>();

  constructor(startedMs: number) {
    this.polledMs = startedMs;
  }
}
