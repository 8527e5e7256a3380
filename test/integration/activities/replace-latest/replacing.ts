import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { createActivities, type Activities } from '../../../../activities/index.ts';
import { loadConfig } from '../../../../config/load.ts';
import { dataStream, replacementWorkflowId } from '../../../../contracts/names.ts';
import type {
  ReplaceLatestResult,
  ReplacementProgress,
} from '../../../../contracts/replace-latest-input.ts';
import { createDeps } from '../../../../worker/create-deps.ts';
import { takeSteps } from '../../../../workflows/replacement-steps.ts';
import { stage, type Stage } from '../../../stage.ts';
import { Reader } from './reader.ts';
import { watchSink, worthLosing, type Watched, type WatchedSink } from './watched-sink.ts';

const STREAM = dataStream('default');
/** The transform looks every 30 s, for what is older than 120 s: so it writes at every second request. */
const STEP_MS = 20_000;

/** The workflow was ended, and nothing can be done about it. */
export class Terminated extends Error {}

type During = {
  undo?: boolean;
  /** Which request is lost, and when. */
  breaks?: NonNullable<Watched['breaks']>;
  /** True: with the lost request the workflow ends too, instead of running the activity again. */
  isTerminated?: boolean;
  /** When the workflow is cancelled: after the request with this number, from 0 on, or while the feeds are read. */
  cancelledAfter?: number | 'reading';
  /** Called after each request, in the phase of the replacement. */
  meanwhile?: (phase: string) => Promise<void>;
  readFeeds?: () => Promise<void>;
};

/** A latest index that is replaced while documents are being written and a reader looks. */
export class Replacing {
  readonly set: Stage;
  readonly proxy: WatchedSink;
  readonly reader: Reader;
  /** As the workflow has reported it. */
  readonly phases: string[] = [];
  /** The requests of the last replacement that an interruption is tried at. */
  worthLosing: number[] = [];
  #activities: Activities;
  #close: () => Promise<void>;
  #written = 0;
  readonly #live = new Map<string, number>();

  static async start(env: NodeJS.ProcessEnv = {}): Promise<Replacing> {
    const set = await stage({ records: 1 }, env);
    await set.apply();
    const replacing = new Replacing(set, await watchSink(set.env['ES_URL'] ?? ''));
    replacing.use(env);
    for (let count = 0; count < 24; count += 1) await replacing.create();
    await replacing.moveOn(200_000);
    return replacing;
  }

  private constructor(set: Stage, proxy: WatchedSink) {
    this.set = set;
    this.proxy = proxy;
    this.reader = new Reader(set.sink);
    this.#close = async () => undefined;
    this.#activities = createActivities(set.deps);
  }

  /** A worker with other settings. */
  use(env: NodeJS.ProcessEnv): void {
    const settings = { ...this.set.env, ...env, ES_URL: this.proxy.url };
    const config = loadConfig(settings, { cwd: import.meta.dirname });
    const { temporal, waiting } = this.set.deps;
    const deps = createDeps(config, temporal, undefined, waiting);
    const closeEarlier = this.#close;
    this.#close = async () => {
      await closeEarlier();
      await deps.close();
    };
    this.#activities = createActivities(deps);
  }

  async create(): Promise<void> {
    await this.#write(String(1_000 + this.#written));
  }

  /** A new indicator, a change, an end: one after the other. */
  async writeNext(): Promise<void> {
    const [oldest] = this.#live.keys();
    const turn = this.#written % 3;
    if (turn === 0 || oldest === undefined) return this.create();
    if (turn === 1) return this.#write(oldest);
    return this.#end(oldest);
  }

  /** As if everything had been read once more, and each record made a new document. */
  async writeAgain(): Promise<void> {
    for (const id of this.#live.keys().toArray()) await this.#write(id);
  }

  /** As if the lifecycle policy had deleted the backing index with everything that was written so far. */
  async forgetStream(): Promise<void> {
    const { sink } = this.set;
    const { old_index: old } = await sink.indices.rollover({ alias: STREAM });
    await sink.indices.delete({ index: old });
  }

  async #end(id: string): Promise<void> {
    this.reader.end(id);
    await this.#write(id, { deletedAtMs: (await this.nowMs()) - 300_000 });
    this.#live.delete(id);
  }

  async #write(id: string, { deletedAtMs = null }: { deletedAtMs?: number | null } = {}) {
    this.#written += 1;
    const nowMs = await this.nowMs();
    const time = (ms: number) => new Date(ms).toISOString();
    const deleted_at = time(deletedAtMs ?? nowMs + 90 * 86_400_000);
    const document = {
      '@timestamp': time(nowMs - 1_000),
      data_stream: { type: 'logs', dataset: 'ti_threatconnect.indicator', namespace: 'default' },
      event: { created: time(nowMs), id: `summary ${id}`, hash: `${id}/${this.#written}` },
      threat_connect: {
        indicator: {
          id,
          type: 'Host',
          owner: { name: 'Acme' },
          summary: `summary ${id}`,
          deleted_at,
        },
      },
    };
    await this.set.sink.create({
      index: STREAM,
      id: `${id}/${this.#written}`,
      document,
      refresh: true,
    });
    this.#live.delete(id);
    this.#live.set(id, nowMs);
  }

  /** Everything is written that is due, and readers see exactly what lives, in its newest version. */
  async assertRight(): Promise<void> {
    await this.moveOn(400_000);
    await this.reader.look('the end');
    const seen = await this.reader.read();
    const found = new Map([...seen].map(([id, [version]]) => [id, version?.createdMs]));
    assert.deepEqual(toObject(found), toObject(this.#live));
  }

  async nowMs(): Promise<number> {
    return (await this.set.elasticsearch.get<{ nowMs: number }>('/_sim/clock')).nowMs;
  }

  /** Lets time pass, and the transforms do what is due. */
  async moveOn(ms = STEP_MS): Promise<void> {
    await this.set.elasticsearch.post('/_sim/clock', { advanceMs: ms });
    await this.set.elasticsearch.post('/_sim/transforms/settle');
  }

  /**
   * Plays the workflow: a failed activity is run again, as Temporal does it. After every request to Elasticsearch
   * something is written, time passes, and a reader looks.
   */
  async play({ undo = false, ...during }: During = {}): Promise<ReplaceLatestResult> {
    const { breaks, meanwhile, isTerminated = false, readFeeds = async () => undefined } = during;
    this.phases.length = 0;
    const scope = new Scope();
    this.proxy.watch({
      ...(breaks === undefined ? {} : { breaks }),
      after: async ({ method, path }) => {
        await this.writeNext();
        await this.moveOn();
        await meanwhile?.(this.phases.at(-1) ?? 'preparing');
        if (this.proxy.asked.length - 1 === during.cancelledAfter) scope.cancel();
        await this.reader.look(`${method} ${path}`);
      },
    });
    const report = ({ phase }: Partial<ReplacementProgress>) => {
      if (phase !== undefined) this.phases.push(phase);
    };
    const { compareLatest, ...activities } = this.#asTemporalRunsThem(isTerminated, scope);
    const by = replacementWorkflowId('default');
    this.set.openWorkflows.add(by);
    try {
      return await takeSteps(
        {
          activities,
          compareLatest,
          pause: async () => undefined,
          copying: null,
          renew: async () => undefined,
          readFeeds: async () => {
            await scope.run(readFeeds);
            if (during.cancelledAfter !== 'reading') return;
            scope.cancel();
            throw new CancelledFailure('cancelled');
          },
          afterAll: (work) => scope.shield(work),
          report,
        },
        { undo, settingsCode: undefined, by },
      );
    } finally {
      this.set.openWorkflows.delete(by);
      this.worthLosing = worthLosing(this.proxy.asked);
      this.proxy.watch(null);
    }
  }

  #asTemporalRunsThem(isTerminated: boolean, scope: Scope): Activities {
    const run = async (name: keyof Activities, input: unknown) => {
      for (let attempt = 1; ; attempt += 1) {
        const environment = this.set.environment(attempt);
        // those of the worker that runs now
        const activity = this.#activities[name] as (input: unknown) => Promise<unknown>;
        try {
          return await scope.run(
            () => environment.run(activity, input),
            () => environment.cancel(),
          );
        } catch (error) {
          if (!(error instanceof ApplicationFailure) || error.nonRetryable === true) throw error;
          if (isTerminated) throw new Terminated(error.message);
        }
      }
    };
    const wrapped = Object.keys(this.#activities).map((name) => [
      name,
      (input: unknown) => run(name as keyof Activities, input),
    ]);
    return Object.fromEntries(wrapped) as Activities;
  }

  async close(): Promise<void> {
    this.proxy.close();
    await this.#close();
    await this.set.close();
  }
}

/** As the scope of a workflow: a cancellation reaches what runs, and nothing begins after it, unless it is shielded. */
class Scope {
  #isCancelled = false;
  #isShielded = false;
  #cancelRunning: () => void = () => undefined;

  cancel(): void {
    this.#isCancelled = true;
    if (!this.#isShielded) this.#cancelRunning();
  }

  async run<T>(work: () => Promise<T>, cancel: () => void = () => undefined): Promise<T> {
    if (this.#isCancelled && !this.#isShielded) throw new CancelledFailure('cancelled');
    this.#cancelRunning = cancel;
    return work();
  }

  async shield<T>(work: () => Promise<T>): Promise<T> {
    this.#isShielded = true;
    try {
      return await work();
    } finally {
      this.#isShielded = false;
    }
  }
}

/** In which the order makes no difference. */
function toObject(map: ReadonlyMap<string, unknown>): object {
  return Object.fromEntries(map);
}
