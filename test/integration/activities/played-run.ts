import assert from 'node:assert/strict';
import { recordsOfSlice, SLICES_PLANNED_OF_LANE } from '../../../window/slice-size.ts';
import type { Activities } from '../../../activities/index.ts';
import type { OpenWindowInput } from '../../../contracts/activities.ts';
import type { SyncFeedProgress } from '../../../contracts/progress.ts';
import { afterLook, afterPage } from '../../../workflows/after-page.ts';
import {
  addSlices,
  isRead,
  ownersOf,
  toWritten,
  toProgress,
} from '../../../workflows/to-progress.ts';
import { writtenTo } from '../../../window/written-to.ts';
import { openInput } from '../../open-input.ts';
import type { Stage } from '../../stage.ts';

const PAGES_MAX = 500;
const SLICES_MIN = 3;

type Run = <Name extends keyof Activities>(
  name: Name,
  input: Parameters<Activities[Name]>[0],
) => ReturnType<Activities[Name]>;

/**
 * Does the same as the workflow `syncFeed`, one page at a time and without Temporal. The watermark moves with each
 * slice.
 */
export class PlayedRun {
  readonly #run: Run;
  readonly #runId: string;
  #progress: SyncFeedProgress;

  private constructor(run: Run, runId: string, progress: SyncFeedProgress) {
    this.#run = run;
    this.#runId = runId;
    this.#progress = progress;
  }

  /** @param activities those of a worker, with its configuration */
  static async begin(
    set: Stage,
    activities: Activities,
    runId: string,
    input: Pick<OpenWindowInput, 'from' | 'pageSize'>,
  ): Promise<PlayedRun> {
    const run: Run = (name, given) =>
      set
        .environment()
        .run(activities[name] as (argument: typeof given) => Promise<never>, given) as ReturnType<
        Activities[typeof name]
      >;
    const opened = await run('openWindow', openInput({ lanes: 2, ...input }));
    return new PlayedRun(run, runId, toProgress(opened));
  }

  get progress(): SyncFeedProgress {
    return this.#progress;
  }

  /**
   * Plans slices or reads a page.
   * @param pick index of the slice, among those that the lanes would read
   * @returns whether it asked for the visible owners
   */
  async step(pick: number): Promise<boolean> {
    const { rest, slices, lanes } = this.#progress;
    if (rest.length > 0 && slices.length < SLICES_MIN) {
      await this.#plan();
      return false;
    }
    const unfinished = slices[pick % Math.min(slices.length, lanes)];
    if (unfinished === undefined) return false;
    const { number, slice, position } = unfinished;
    const { configHash, pageSize, keyset, deepFields } = this.#progress;
    const page = await this.#run('syncPage', {
      feed: 'default',
      runId: this.#runId,
      configHash,
      owners: ownersOf(this.#progress),
      slice,
      position,
      pageSize,
      keyset,
      deepFields,
      acceptRejects: false,
    });
    this.#progress = afterPage(this.#progress, number, page, pageSize);
    return page.ended !== null && this.#checkpoint();
  }

  /** Reads the rest, and commits. */
  async finish(): Promise<void> {
    for (let pages = 0; !isRead(this.#progress); pages += 1) {
      assert.ok(pages < PAGES_MAX, 'a run comes to its end');
      await this.step(pages);
    }
    await this.#run('commitWindow', {
      feed: 'default',
      runId: this.#runId,
      opened: toWritten(this.#progress),
      counts: this.#progress.counts,
      late: this.#progress.late,
      attention: this.#progress.attention,
    });
  }

  /** Saves the progress, like a run that fails or is cancelled. */
  async save(): Promise<void> {
    if (this.#progress.kind === 'explicit' || this.#progress.counts.read === 0) return;
    const progress = this.#progress;
    await this.#run('saveProgress', { feed: 'default', runId: this.#runId, progress });
  }

  async #plan(): Promise<void> {
    const { configHash, rest, lanes } = this.#progress;
    const [range, ...more] = rest;
    assert.ok(range !== undefined);
    const unplanned = rest.reduce((sum, { count }) => sum + count, 0);
    const planned = await this.#run('planSlices', {
      feed: 'default',
      configHash,
      owners: ownersOf(this.#progress),
      range,
      recordsMax: recordsOfSlice({ ...this.#progress, unplanned }),
      slicesMax: SLICES_PLANNED_OF_LANE * lanes,
    });
    this.#progress = {
      ...addSlices(this.#progress, planned.slices),
      rest: [...planned.rest, ...more],
    };
  }

  async #checkpoint(): Promise<boolean> {
    const to = writtenTo(this.#progress);
    if (this.#progress.kind === 'explicit' || to === null) return false;
    const opened = toWritten(this.#progress);
    const feed = 'default';
    const reached = { feed, runId: this.#runId, progress: this.#progress };
    const told = await this.#run('checkpointWindow', { feed, opened, to, reached });
    const absent = opened.ownerIds.filter((id) => !told.ownerIds.includes(id));
    this.#progress = { ...afterLook(this.#progress, absent), stream: told.stream };
    return true;
  }
}
