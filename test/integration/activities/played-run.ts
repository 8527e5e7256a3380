import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/common';
import type { Activities } from '../../../activities/index.ts';
import type { OpenWindowInput } from '../../../contracts/activities.ts';
import { SyncFeedProgress } from '../../../contracts/progress.ts';
import type { Tuning } from '../../../contracts/tuning.ts';
import { readWindow } from '../../../workflows/read-window.ts';
import { afterTuning } from '../../../workflows/page-size.ts';
import { isRead, toCommit, toProgress, toSave } from '../../../workflows/to-progress.ts';
import { openInput } from '../../open-input.ts';
import type { Stage } from '../../stage.ts';

const STEPS_MAX = 20_000;
const FEED = 'default';

type Run = <Name extends keyof Activities>(
  name: Name,
  input: Parameters<Activities[Name]>[0],
) => ReturnType<Activities[Name]>;

/** An activity that the run has called and nobody has run yet. */
type Call = {
  name: keyof Activities;
  run: () => Promise<unknown>;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
};

type Waiting = { condition: () => boolean; resolve: () => void };

/**
 * A run of the workflow `syncFeed` without Temporal: the same code reads the window, and the test decides when each
 * called activity runs, and what happens in between. The watermark moves with each slice.
 */
export class PlayedRun {
  readonly #run: Run;
  readonly #runId: string;
  #progress: SyncFeedProgress;
  #calls: Call[] = [];
  #waiting: Waiting[] = [];
  #isPaused = false;
  #isEnding = false;
  /** Whether the lanes have stopped, and why. */
  #stopped: { error: unknown } | null = null;

  private constructor(run: Run, runId: string, progress: SyncFeedProgress) {
    this.#run = run;
    this.#runId = runId;
    this.#progress = progress;
    this.#read();
  }

  /** @param activities those of a worker, with its configuration */
  static async begin(
    set: Stage,
    activities: Activities,
    runId: string,
    {
      sliceRecords,
      ...input
    }: Pick<OpenWindowInput, 'from' | 'pageSize'> &
      Partial<OpenWindowInput> & { sliceRecords?: number },
  ): Promise<PlayedRun> {
    const run: Run = (name, given) =>
      set
        .environment()
        .run(activities[name] as (argument: typeof given) => Promise<never>, given) as ReturnType<
        Activities[typeof name]
      >;
    const opened = await run('openWindow', openInput({ lanes: 2, ...input }));
    return new PlayedRun(run, runId, { ...toProgress(opened), sliceRecords });
  }

  /** True if nothing is left to read. */
  get isRead(): boolean {
    return isRead(this.#progress);
  }

  /**
   * Runs one of the activities that the lanes have called: they plan slices, read pages and make checkpoints.
   * @param pick its index, modulo their number
   * @returns its name; `null` if none is called: the run is paused, or everything is read
   */
  async step(pick: number): Promise<keyof Activities | null> {
    await this.#settle();
    const [call] = this.#calls.splice(pick % Math.max(this.#calls.length, 1), 1);
    if (call === undefined) return null;
    await call.run().then((result) => call.resolve(result as never), call.reject);
    await this.#settle();
    return call.name;
  }

  /** Reads the rest, and commits. */
  async finish(): Promise<void> {
    this.#isPaused = false;
    for (let steps = 0; !(await this.#hasStopped()); steps += 1) {
      assert.ok(steps < STEPS_MAX, 'a run comes to its end');
      await this.step(steps);
    }
    if (!isRead(this.#progress)) {
      this.continueAsNew();
      return this.finish();
    }
    await this.#run('commitWindow', toCommit(FEED, this.#runId, this.#progress));
  }

  /** Saves the progress, like a run that fails or is cancelled. */
  async save(): Promise<void> {
    const input = toSave(FEED, this.#runId, this.#progress);
    if (input !== null) await this.#run('saveProgress', input);
  }

  /** Runs an activity whose result is lost, as if its worker died before it could report. */
  async lose(pick: number): Promise<void> {
    await this.#settle();
    await this.#calls[pick % this.#calls.length]?.run();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  tune(tuning: Tuning): void {
    this.#progress = afterTuning(this.#progress, tuning);
  }

  /** Ends after the pages under way. */
  end(): void {
    this.#isEnding = true;
  }

  /** Begins again with the state that the ended run has left, as JSON carries it. */
  continueAsNew(): void {
    this.#isEnding = false;
    this.#progress = SyncFeedProgress.parse(JSON.parse(JSON.stringify(this.#progress)));
    this.#read();
  }

  // what the workflow's code asks of a run

  get current(): SyncFeedProgress {
    return this.#progress;
  }

  update(next: SyncFeedProgress): void {
    this.#progress = next;
  }

  released(): Promise<void> {
    return this.#until(() => !this.#isPaused || this.#isEnding);
  }

  #read(): void {
    this.#stopped = null;
    readWindow(this, {
      feed: FEED,
      runId: this.#runId,
      planSlices: (input) => this.#call('planSlices', input),
      readPage: (input) => this.#call('syncPage', input),
      checkpointWindow: (input) => this.#call('checkpointWindow', input),
      checkpointPages: 1,
      ending: () => this.#isEnding,
      until: (condition) => this.#until(condition),
      scope: () => ({ run: (work) => work(), cancel: () => this.#cancel() }),
    }).then(
      () => (this.#stopped = { error: null }),
      (error: unknown) => (this.#stopped = { error }),
    );
  }

  #call<Name extends keyof Activities>(
    name: Name,
    input: Parameters<Activities[Name]>[0],
  ): ReturnType<Activities[Name]> {
    return new Promise((resolve, reject) => {
      this.#calls.push({ name, run: () => this.#run(name, input), resolve, reject });
    }) as ReturnType<Activities[Name]>;
  }

  #cancel(): void {
    for (const { reject } of this.#calls.splice(0)) reject(new CancelledFailure('cancelled'));
  }

  #until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ condition, resolve });
    });
  }

  /** Lets the lanes go on until each waits for an activity or a condition. */
  async #settle(): Promise<void> {
    for (;;) {
      await turn();
      const met = this.#waiting.filter(({ condition }) => condition());
      if (met.length === 0) break;
      this.#waiting = this.#waiting.filter((each) => !met.includes(each));
      for (const { resolve } of met) resolve();
    }
    if (this.#stopped !== null && this.#stopped.error !== null) throw this.#stopped.error;
  }

  async #hasStopped(): Promise<boolean> {
    await this.#settle();
    return this.#stopped !== null;
  }
}
