import { setImmediate } from 'node:timers/promises';

import { ApiError } from '../errors.ts';
import { type JsonObject } from '../json/exact.ts';
import { type ApiKey } from '../security/api-keys.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Checkpoint, operationsOf, runCheckpoint } from './checkpoint.ts';
import { frequencyMs, type TransformConfig } from './config.ts';
import { setUpDestination } from './destination.ts';
import { BulkFailure, irrecoverableReason } from './irrecoverable.ts';
import { Failures } from './failures.ts';
import { showHealth } from './health.ts';
import { Stats } from './stats.ts';
import { Interrupted } from './turns.ts';

export type TaskState = 'failed' | 'started' | 'stopped';

/** An error of the next runs, ordered by a test. */
export interface Hindrance {
  readonly status: number;
  readonly reason: string;
  times: number;
}

const DEFAULT_RETRIES = 10;

/** All transforms of a server, by their ids. */
export type Transforms = Map<string, Transform>;

/** One transform: its configuration, its progress and, while it is started, its timer. */
export class Transform {
  readonly #cluster: Cluster;
  config: TransformConfig;
  state: TaskState = 'stopped';
  /** Why it failed. */
  reason: string | null = null;
  /** Set by a test: the transform waits for a node or for its destination, and does nothing. */
  waitingFor: string | null = null;
  hindrance: Hindrance | null = null;
  /** The key that created or last updated it, whose privileges it uses; `null` if security is off. */
  owner: Pick<ApiKey, 'id' | 'name'> | null = null;
  /** Throws the refusal of a run for which its key has no privilege. */
  checkOwner: () => void = () => undefined;
  #stats = new Stats();
  #last: Checkpoint | null = null;
  #next: Checkpoint | null = null;
  #seen: { lastSearchMs: number | null; changesMs: number | null } = nothingSeen();
  #failures: Failures | null = null;
  #failedMs: number | null = null;
  #fromMs: number | null = null;
  #task: AbortController | null = null;
  #nudge = new AbortController();
  #dueMs = 0;
  #running: Promise<void> | null = null;
  #stopAtCheckpoint = false;

  constructor(cluster: Cluster, config: TransformConfig) {
    this.#cluster = cluster;
    this.config = config;
  }

  get isStarted(): boolean {
    return this.state === 'started';
  }

  /** A failed transform still has its task. */
  get hasTask(): boolean {
    return this.state !== 'stopped' || this.#running !== null;
  }

  /** As the server names it. */
  get shownState(): string {
    if (this.state === 'failed') return 'failed';
    if (this.#running !== null) {
      if (this.state === 'stopped' || this.#stopAtCheckpoint) return 'stopping';
      return this.#next === null ? 'started' : 'indexing';
    }
    return this.state === 'started' && this.waitingFor !== null ? 'waiting' : this.state;
  }

  /**
   * Creates the destination and begins the first run at once.
   * @param fromMs where the first checkpoint begins; each later one begins at the end of the one before
   * @throws {ApiError} 409 if it has been started or has failed, 500 if the destination cannot be created
   */
  start(fromMs: number | null): void {
    const { id } = this.config;
    if (this.state === 'failed') {
      throw conflict(
        `Unable to start transform [${id}] as it is in a failed state. Use force stop and then restart the transform once error is resolved. More details: [${this.reason ?? ''}]`,
      );
    }
    if (this.hasTask) throw conflict(`Cannot start transform [${id}] as it is already started.`);
    setUpDestination(this.#cluster, this.config);
    this.state = 'started';
    this.#fromMs = fromMs;
    this.#stopAtCheckpoint = false;
    this.#dueMs = this.#cluster.clock.nowMs();
    this.#task = new AbortController();
    void this.#work(this.#task.signal);
  }

  /** @param atCheckpoint a run that has begun ends first */
  stop(atCheckpoint: boolean): void {
    this.#failures = null;
    this.#failedMs = null;
    if (this.state === 'started' && atCheckpoint && this.#running !== null) {
      this.#stopAtCheckpoint = true;
      return;
    }
    this.#halt('stopped', null);
  }

  /** Takes effect with the next run. */
  replaceConfig(config: TransformConfig): void {
    const changed = frequencyMs(config) !== frequencyMs(this.config);
    this.config = config;
    if (changed && this.isStarted && this.#failures === null) {
      this.#schedule(this.#cluster.clock.nowMs() + frequencyMs(config));
    }
  }

  scheduleNow(): void {
    if (this.isStarted) this.#schedule(this.#cluster.clock.nowMs());
  }

  /** After the clock was set back, the next run must not be in a far future. */
  clockMoved(): void {
    const latestMs = this.#cluster.clock.nowMs() + this.#pauseMs();
    if (this.isStarted && this.#dueMs > latestMs) this.#schedule(latestMs);
  }

  /** Forgets its progress. */
  reset(): void {
    this.#last = null;
    this.#stats = new Stats();
    this.#seen = nothingSeen();
    this.#failures = null;
  }

  fail(reason: string): void {
    this.#failedMs = this.#cluster.clock.nowMs();
    this.#halt('failed', reason);
  }

  /** Resolves when it is stopped and no run is under way. */
  async stopped(): Promise<void> {
    while (this.isStarted || this.#running !== null) {
      await (this.#running ?? setImmediate());
    }
  }

  /** Resolves when no run is under way or due. */
  async settled(): Promise<void> {
    for (;;) {
      const due = this.isStarted && this.#dueMs <= this.#cluster.clock.nowMs();
      if (this.#running !== null) await this.#running;
      else if (due) await setImmediate();
      else return;
    }
  }

  showStats(): JsonObject {
    const { shownState, reason, waitingFor } = this;
    const why = reason ?? (shownState === 'waiting' ? waitingFor : null);
    return {
      id: this.config.id,
      state: shownState,
      ...(why === null ? {} : { reason: why }),
      ...(this.hasTask && shownState !== 'waiting' ? { node: this.#showNode() } : {}),
      stats: this.#stats.show(),
      checkpointing: this.#showCheckpointing(),
      health: showHealth({
        failure: this.state === 'failed' ? { reason, atMs: this.#failedMs } : null,
        waitingFor: shownState === 'waiting' ? waitingFor : null,
        failures: this.#failures,
      }),
    };
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { clock } = this.#cluster;
    while (!signal.aborted) {
      this.#nudge = new AbortController();
      await clock.until(this.#dueMs, AbortSignal.any([signal, this.#nudge.signal]));
      if (signal.aborted) return;
      if (clock.nowMs() < this.#dueMs) continue;
      this.#running = this.#runOnce(signal);
      await this.#running;
      this.#running = null;
    }
  }

  async #runOnce(signal: AbortSignal): Promise<void> {
    const triggeredMs = this.#cluster.clock.nowMs();
    this.#stats.triggers += 1;
    try {
      if (this.waitingFor === null) await this.#look(signal);
    } catch (error) {
      if (!(error instanceof Interrupted)) this.#meet(error);
    } finally {
      this.#next = null;
      this.#dueMs = triggeredMs + this.#pauseMs();
      const done = this.#stopAtCheckpoint || (this.config.sync === null && this.#failures === null);
      if (this.isStarted && done && this.waitingFor === null) this.#halt('stopped', null);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    this.checkOwner();
    this.#hinder();
    const reached = await runCheckpoint({
      cluster: this.#cluster,
      config: this.config,
      last: this.#last,
      fromMs: this.#fromMs,
      stats: this.#stats,
      seen: this.#seen,
      signal,
      begin: (next) => {
        this.#next = next;
      },
    });
    this.#last = reached ?? this.#last;
    this.#failures = null;
  }

  #hinder(): void {
    if (this.hindrance === null) return;
    const { status, reason } = this.hindrance;
    this.hindrance.times -= 1;
    if (this.hindrance.times <= 0) this.hindrance = null;
    throw new ApiError(status, { type: 'exception', reason });
  }

  /** Fails, or tries again later. Any error but those of the server is a bug of the stand-in. */
  #meet(error: unknown): void {
    if (!(error instanceof ApiError) && !(error instanceof BulkFailure)) {
      console.error(error);
      this.fail(`the stand-in failed: ${String(error)}`);
      return;
    }
    if (error instanceof ApiError) this.#stats.searchFailures += 1;
    const { settings } = this.config;
    const unattended = settings['unattended'] === true;
    const lasting = irrecoverableReason(error);
    if (lasting !== null && !unattended) {
      this.fail(lasting);
      return;
    }
    this.#failures ??= new Failures(this.#cluster.clock.nowMs());
    this.#failures.note(error.message);
    const retries = Number(settings['num_failure_retries'] ?? DEFAULT_RETRIES);
    if (!unattended && retries !== -1 && this.#failures.count > retries) {
      this.fail(`task encountered more than ${retries} failures; latest failure: ${error.message}`);
    }
  }

  #pauseMs(): number {
    return this.#failures?.pauseMs ?? frequencyMs(this.config);
  }

  #schedule(dueMs: number): void {
    this.#dueMs = dueMs;
    this.#nudge.abort();
  }

  #halt(state: TaskState, reason: string | null): void {
    this.state = state;
    this.reason = reason;
    this.#stopAtCheckpoint = false;
    this.#task?.abort();
    this.#task = null;
  }

  #showNode(): JsonObject {
    const { name, nodeId } = this.#cluster;
    return {
      id: nodeId,
      name,
      ephemeral_id: nodeId,
      transport_address: '127.0.0.1:9300',
      attributes: {},
    };
  }

  #showCheckpointing(): JsonObject {
    const { lastSearchMs, changesMs } = this.#seen;
    const behind = this.#operationsBehind();
    return {
      last: this.#last === null ? { checkpoint: 0 } : showCheckpoint(this.#last),
      ...(this.#next === null ? {} : { next: showCheckpoint(this.#next) }),
      ...(behind === 0 ? {} : { operations_behind: behind }),
      ...(changesMs === null ? {} : { changes_last_detected_at: changesMs }),
      ...(lastSearchMs === null ? {} : { last_search_time: lastSearchMs }),
    };
  }

  #operationsBehind(): number {
    let behind = 0;
    for (const [uuid, operations] of operationsOf(this.#cluster, this.config)) {
      behind += Math.max(0, operations - (this.#last?.operations.get(uuid) ?? 0));
    }
    return behind;
  }
}

function nothingSeen(): { lastSearchMs: number | null; changesMs: number | null } {
  return { lastSearchMs: null, changesMs: null };
}

function showCheckpoint({ number, timestampMs, upperBoundMs }: Checkpoint): JsonObject {
  return {
    checkpoint: number,
    timestamp_millis: timestampMs,
    ...(upperBoundMs === null ? {} : { time_upper_bound_millis: upperBoundMs }),
  };
}

function conflict(reason: string): ApiError {
  return new ApiError(409, { type: 'status_exception', reason });
}
