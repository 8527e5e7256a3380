import assert from 'node:assert/strict';
import { StateStore } from '../../../activities/elasticsearch/state-store.ts';
import type { FeedState } from '../../../contracts/feed-state.ts';
import { toInstant } from '../../../contracts/instant.ts';
import { dataStream, stateIndex } from '../../../contracts/names.ts';
import type { StoredSource } from '../../../demo/stored-versions.ts';
import type { Truth } from '../../moving-source/moving-source.ts';
import { LAG_SECONDS } from '../../moving-source/source-steps.ts';
import type { Place } from './places.ts';
import { PlayedRun } from './played-run.ts';
import type { How, Interval, Steering, Story, Widths } from '../../moving-source/story.ts';

const RECORDS = 30;
const STATE_INDEX = stateIndex('default');
/** Runs of people and of the Schedule that are open at the same time. */
const RUNS_MAX = 2;
/** A saved window, the whole feed, and the next window: no run takes up the same again. */
const QUIET_RUNS_MAX = 3;

/** An indicator is not stored in its newest version. */
export class LossError extends Error {
  override readonly name = 'LossError';
}

/** What happened in a story. */
export type Told = { runs: number; pages: number; slices: number; changesBetweenPages: number };

type OpenRun = {
  run: PlayedRun;
  /** The source's number of changes when its last page was read; `null` before the first page. */
  changes: number | null;
};

/** A source that changes while runs read it. The watermark is checked all the time, in the end everything. */
export class PlayedStory {
  readonly told: Told = { runs: 0, pages: 0, slices: 0, changesBetweenPages: 0 };
  readonly #place: Place;
  readonly #store: StateStore;
  readonly #runs: OpenRun[] = [];
  /** What a configuration selects, by its hash. */
  readonly #selects = new Map<string, (record: Truth) => boolean>();
  #configuration = 0;
  #checked = '';
  #since = '';

  constructor(place: Place) {
    this.#place = place;
    this.#store = new StateStore(place.set.sink, STATE_INDEX);
  }

  /** @throws {LossError} */
  async play({ intervals, loaded, cap }: Story): Promise<Told> {
    await this.#begin(loaded, cap);
    for (const interval of intervals) await this.#play(interval);
    await this.#settle();
    return this.told;
  }

  /** Starts with a feed that was never read, and with new records only. */
  async #begin(loaded: boolean, cap: number | null): Promise<void> {
    await this.#forget();
    const { sink } = this.#place.set;
    await sink.delete({ index: STATE_INDEX, id: 'unfinished:default' }, { ignore: [404] });
    this.#since = toInstant(await this.#place.source.begin(RECORDS));
    if (cap !== null) await this.#place.source.cap(cap);
    if (!loaded) return;
    const run = await this.#open({ apart: null, pageSize: 100, lanes: 2, sliceRecords: 50_000 });
    await this.#end(run, 'finish');
  }

  async #play(interval: Interval): Promise<void> {
    const { before, configuration, forgets, run, steering, between, how } = interval;
    for (const step of before) await this.#place.source.do(step);
    this.#configuration = configuration;
    if (forgets) await this.#forget();
    const mayOpen = run !== null && this.#runs.length < RUNS_MAX;
    const open = mayOpen ? await this.#open(run) : this.#runs[0];
    if (open === undefined) return;
    for (const [index, { step, behindPage }] of between.entries()) {
      await this.#step(open, index);
      if (index === 0 && steering !== null) steer(open.run, steering);
      await this.#place.source.do(step, behindPage);
    }
    if (how !== 'leave') await this.#end(open, how);
  }

  /** @returns false if the run has called no activity */
  async #step(open: OpenRun, pick: number): Promise<boolean> {
    const did = await open.run.step(pick);
    if (did === 'checkpointWindow') await this.#assertWatermark();
    if (did !== 'syncPage') return did !== null;
    const { changes } = await this.#place.counters();
    this.told.pages += 1;
    if (open.changes !== null) this.told.changesBetweenPages += changes - open.changes;
    open.changes = changes;
    return true;
  }

  /** Deletes the feed's state. */
  async #forget(): Promise<void> {
    const { sink } = this.#place.set;
    await sink.delete({ index: STATE_INDEX, id: 'feed:default' }, { ignore: [404] });
  }

  async #open({ apart, ...widths }: Widths & { apart: number | null }): Promise<OpenRun> {
    // the program knows the source's clock by whole seconds: one second more, or the window may be empty
    const fromMs = (await this.#place.source.nowMs()) - (LAG_SECONDS + 1 + (apart ?? 0)) * 1_000;
    const { activities, selects } = this.#place.configuration(this.#configuration);
    const run = await PlayedRun.begin(this.#place.set, activities, `run-${this.#place.next()}`, {
      from: apart === null ? null : toInstant(fromMs),
      ...widths,
    });
    this.#selects.set(run.current.configHash, selects);
    this.told.runs += 1;
    const open: OpenRun = { run, changes: null };
    this.#runs.push(open);
    return open;
  }

  async #end(open: OpenRun, how: Exclude<How, 'leave'>): Promise<void> {
    const { run } = open;
    if (how === 'lose') await run.lose(this.told.pages);
    if (how === 'save') await run.save();
    if (how === 'finish') {
      run.resume();
      for (let steps = 0; await this.#step(open, steps); steps += 1);
      await run.finish();
    }
    this.told.slices += run.current.planned;
    this.#runs.splice(this.#runs.indexOf(open), 1);
    if (this.#runs.length === 0) await this.#place.source.endScripts();
    await this.#assertWatermark();
  }

  /** Checks that every live record that was modified before the watermark, of an owner that was read, is stored. */
  async #assertWatermark(): Promise<void> {
    const state = await this.#state();
    if (state === null || state.watermark === this.#checked) return;
    this.#checked = state.watermark;
    const { source } = this.#place;
    const owners = new Set(
      (await source.owners())
        .filter(({ id }) => state.owner_ids.includes(String(id)))
        .map(({ name }) => name),
    );
    const selects = this.#selects.get(state.config_hash);
    assert.ok(selects !== undefined);
    const due = (await source.live()).filter(
      (record) =>
        record.lastModified < state.watermark &&
        !source.late.has(record.id) &&
        owners.has(record.ownerName) &&
        selects(record),
    );
    const stored = await this.#stored();
    const missing = due.filter(
      ({ id, lastModified }) => !stored.has(`${id} ${Date.parse(lastModified)}`),
    );
    if (missing.length === 0) return;
    throw new LossError(`watermark ${state.watermark}, not stored: ${JSON.stringify(missing)}`);
  }

  /** Checks that after some quiet runs every indicator is stored, in its newest version. */
  async #settle(): Promise<void> {
    for (const open of this.#runs.slice()) await this.#end(open, 'terminate');
    this.#configuration = 0;
    await this.#place.source.quiet();
    for (let runs = 1; ; runs += 1) {
      assert.ok(runs <= QUIET_RUNS_MAX, 'after some quiet runs nothing is left to read');
      const open = await this.#open({ apart: null, pageSize: 8, lanes: 2, sliceRecords: 16 });
      const { kind, counts } = open.run.current; // as they were taken over
      await this.#end(open, 'finish');
      if (kind === 'next' && counts.pages === 0) break;
    }
    const { missing, stale } = await this.#place.comparer.compare();
    if (missing.length + stale.length === 0) return;
    throw new LossError(`in the end, missing: ${missing.join()}; stale: ${stale.join()}`);
  }

  async #stored(): Promise<Set<string>> {
    const { sink } = this.#place.set;
    await sink.indices.refresh({ index: dataStream('default') });
    const { hits } = await sink.search<StoredSource>({
      index: dataStream('default'),
      query: { range: { 'threat_connect.indicator.last_modified': { gte: this.#since } } },
      _source: ['threat_connect.indicator.id', 'threat_connect.indicator.last_modified'],
      size: 10_000,
    });
    return new Set(
      hits.hits.map(({ _source }) => {
        const { id, last_modified: at } = _source?.threat_connect.indicator ?? {};
        return `${id} ${Date.parse(at ?? '')}`;
      }),
    );
  }

  async #state(): Promise<FeedState | null> {
    return (await this.#store.readFeed('default', new AbortController().signal)).state;
  }
}

function steer(run: PlayedRun, steering: Steering): void {
  if (steering.do === 'tune') run.tune(steering);
  else if (steering.do === 'continue') run.end();
  else if (steering.do === 'pause') run.pause();
  else run.resume();
}
