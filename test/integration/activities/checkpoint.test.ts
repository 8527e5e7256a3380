import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { FeedState } from '../../../contracts/feed-state.ts';
import { createActivities, type Activities } from '../../../activities/index.ts';
import { StateStore } from '../../../activities/elasticsearch/state-store.ts';
import { toInstant } from '../../../contracts/instant.ts';
import { dataStream, stateIndex } from '../../../contracts/names.ts';
import type { StoredSource } from '../../../demo/stored-versions.ts';
import { stage, type Stage } from '../../stage.ts';
import { PlayedRun } from './played-run.ts';

const RECORDS = 24;
const STATE_INDEX = stateIndex('default');
/** Runs of people and of the Schedule that are open at the same time. */
const RUNS_MAX = 2;
const LAG_MS = 5_000;
const DAY_MS = 86_400_000;

type Truth = {
  id: string;
  lastModified: string;
  ownerName: string;
  active: boolean;
  deleted: boolean;
};

const HOW = ['finish', 'save', 'terminate', 'leave'] as const;
type How = (typeof HOW)[number];

type Step =
  | { do: 'wait'; seconds: number }
  | { do: 'change'; which: number[] }
  /** A change that becomes visible later than others of its time. */
  | { do: 'late'; seconds: number }
  | { do: 'owner' | 'configure' | 'forget' }
  /** A new run, or (`apart`) one with a window of so many seconds. */
  | { do: 'begin'; apart: number | null; pageSize: number; pages: number; how: How }
  /** An open run continues. */
  | { do: 'read'; pages: number; how: How };

const pages = fc.nat({ max: 5 });
const how = fc.constantFrom(...HOW);
const given = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    given(3, fc.record({ do: fc.constant('wait'), seconds: fc.nat({ max: 60 }) })),
    given(
      3,
      fc.record({
        do: fc.constant('change'),
        which: fc.array(fc.nat({ max: RECORDS }), { maxLength: 5 }),
      }),
    ),
    given(1, fc.record({ do: fc.constant('late'), seconds: fc.integer({ min: 1, max: 15 }) })),
    given(2, fc.constant({ do: 'owner' })),
    given(1, fc.constant({ do: 'configure' })),
    given(1, fc.constant({ do: 'forget' })),
    given(
      5,
      fc.record({
        do: fc.constant('begin'),
        apart: fc.option(fc.integer({ min: 1, max: 90 }), { nil: null, freq: 3 }),
        pageSize: fc.integer({ min: 2, max: 4 }),
        pages,
        how,
      }),
    ),
    given(3, fc.record({ do: fc.constant('read'), pages, how })),
  ),
  { minLength: 4, maxLength: 14 },
);

type Owner = { id: number; name: string };

/** One instance, the activities of two configurations on it, and runs that are played page by page. */
class World {
  readonly #set: Stage;
  readonly #activities: readonly Activities[];
  /** The open runs. */
  readonly #runs: PlayedRun[] = [];
  readonly #store: StateStore;
  #configuration = 0;
  #hidden: Owner | null = null;
  #lateId: string | null = null;
  #made = 0;
  #checked = '';
  #since = '';

  constructor(set: Stage, activities: readonly Activities[]) {
    this.#set = set;
    this.#activities = activities;
    this.#store = new StateStore(set.sink, STATE_INDEX);
  }

  /** Starts with a feed that was never read, and with new records only. */
  async begin(loaded: boolean): Promise<void> {
    await this.forget();
    await this.#set.sink.delete(
      { index: STATE_INDEX, id: 'unfinished:default' },
      { ignore: [404] },
    );
    await this.#set.source.post('/_sim/clock', { advanceMs: 60_000 });
    this.#since = new Date((await this.#nowMs()) - 1_000).toISOString();
    const ids = (await this.#truth()).map(({ id }) => id);
    this.#lateId = ids[0] ?? null;
    for (let at = 0; at < ids.length; at += 6) {
      await this.#update(ids.slice(at, at + 6));
      await this.wait(6);
    }
    await this.wait(12);
    if (loaded) await this.play(await this.beginRun(10_000, null), { pages: 0, how: 'finish' });
  }

  async do(step: Step): Promise<void> {
    switch (step.do) {
      case 'wait':
        return this.wait(step.seconds);
      case 'change': {
        const truth = await this.#truth();
        const ids = truth.slice(1).map(({ id }) => id); // the first one is for late changes
        // the owner of the last record is hidden sometimes
        return this.#update([
          ...step.which.map((at) => ids[at % ids.length] ?? ''),
          ids.at(-1) ?? '',
        ]);
      }
      case 'late':
        return this.#update([this.#lateId ?? ''], step.seconds * 1_000);
      case 'owner':
        return this.owner();
      case 'configure':
        this.#configuration = 1 - this.#configuration;
        return;
      case 'forget':
        return this.forget();
      case 'begin':
        if (this.#runs.length === RUNS_MAX) return;
        return this.play(await this.beginRun(step.pageSize, step.apart), step);
      case 'read': {
        const [run] = this.#runs;
        if (run !== undefined) await this.play(run, step);
      }
    }
  }

  async play(run: PlayedRun, { pages, how }: { pages: number; how: How }): Promise<void> {
    for (let page = 0; page < pages; page += 1) {
      await run.step(page);
      await this.assertWatermark();
    }
    if (how !== 'leave') await this.endRun(run, how);
  }

  async wait(seconds: number): Promise<void> {
    await this.#set.source.post('/_sim/clock', { advanceMs: seconds * 1_000 });
  }

  /** Hides an owner or shows it again. */
  async owner(): Promise<void> {
    if (this.#hidden === null) {
      const name = (await this.#truth()).at(-1)?.ownerName;
      this.#hidden = (await this.#owners()).find((owner) => owner.name === name) ?? null;
      await this.#set.source.post('/_sim/owners', { hide: name });
    } else {
      await this.#set.source.post('/_sim/owners', { show: this.#hidden.name });
      this.#hidden = null;
    }
  }

  /** Deletes the feed's state, as a person does to read everything again. */
  async forget(): Promise<void> {
    await this.#set.sink.delete({ index: STATE_INDEX, id: 'feed:default' }, { ignore: [404] });
  }

  async beginRun(pageSize: number, apartSeconds: number | null): Promise<PlayedRun> {
    // the program knows the source's clock by whole seconds: one second more, or the window may be empty
    const fromMs = (await this.#nowMs()) - LAG_MS - (1 + (apartSeconds ?? 0)) * 1_000;
    const activities = this.#activities[this.#configuration];
    assert.ok(activities !== undefined);
    const run = await PlayedRun.begin(this.#set, activities, `run-${(this.#made += 1)}`, {
      from: apartSeconds === null ? null : toInstant(fromMs),
      pageSize,
    });
    this.#runs.push(run);
    return run;
  }

  async endRun(run: PlayedRun, how: Exclude<How, 'leave'>): Promise<void> {
    if (how === 'finish') await run.finish();
    if (how === 'save') await run.save();
    this.#runs.splice(this.#runs.indexOf(run), 1);
    await this.assertWatermark();
  }

  /** Checks that every live record that was modified before the watermark, of an owner that was read, is stored. */
  async assertWatermark(): Promise<void> {
    const state = await this.#state();
    if (state === null || state.watermark === this.#checked) return;
    this.#checked = state.watermark;
    const owners = new Set(
      (await this.#owners())
        .filter(({ id }) => state.owner_ids.includes(String(id)))
        .map(({ name }) => name),
    );
    await this.#assertStored(
      (await this.#truth()).filter(
        ({ id, lastModified, ownerName }) =>
          lastModified < state.watermark && id !== this.#lateId && owners.has(ownerName),
      ),
      `watermark ${state.watermark}`,
    );
  }

  /** Checks that after some more runs every record is stored. */
  async assertSettles(): Promise<void> {
    if (this.#hidden !== null) await this.owner();
    for (const run of this.#runs.slice()) await this.endRun(run, 'terminate');
    await this.wait(60);
    for (let runs = 1; ; runs += 1) {
      assert.ok(
        runs <= 3,
        'a saved window, the whole feed, and the next window: no run takes up the same again',
      );
      const run = await this.beginRun(4, null);
      const { kind, counts } = run.progress; // as they were taken over
      await this.endRun(run, 'finish');
      if (kind === 'next' && counts.pages === 0) break;
    }
    await this.#assertStored(await this.#truth(), 'in the end');
  }

  async #assertStored(records: readonly Truth[], when: string): Promise<void> {
    await this.#set.sink.indices.refresh({ index: dataStream('default') });
    const { hits } = await this.#set.sink.search<StoredSource>({
      index: dataStream('default'),
      query: { range: { 'threat_connect.indicator.last_modified': { gte: this.#since } } },
      _source: ['threat_connect.indicator.id', 'threat_connect.indicator.last_modified'],
      size: 10_000,
    });
    const stored = new Set(
      hits.hits.map(({ _source }) => {
        const { id, last_modified: at } = _source?.threat_connect.indicator ?? {};
        return `${id} ${Date.parse(at ?? '')}`;
      }),
    );
    const missing = records.filter(
      ({ id, lastModified }) => !stored.has(`${id} ${Date.parse(lastModified)}`),
    );
    assert.deepEqual(missing, [], when);
  }

  /** The live records, by id. */
  async #truth(): Promise<Truth[]> {
    const all = await this.#set.source.lines<Truth>('/_sim/truth');
    return all.filter(({ active, deleted }) => active && !deleted);
  }

  async #state(): Promise<FeedState | null> {
    return (await this.#store.readFeed('default', new AbortController().signal)).state;
  }

  async #owners(): Promise<Owner[]> {
    return (await this.#set.source.get<{ owners: Owner[] }>('/_sim/owners')).owners;
  }

  async #nowMs(): Promise<number> {
    return (await this.#set.source.get<{ nowMs: number }>('/_sim/clock')).nowMs;
  }

  async #update(ids: readonly string[], commitAfterMs?: number): Promise<void> {
    const changes = [...new Set(ids)].map((id) => ({
      op: 'update',
      id,
      set: { rating: 1 + ((this.#made += 1) % 5) },
    }));
    await this.#set.source.post('/_sim/mutate', {
      changes,
      ...(commitAfterMs && { commitAfterMs }),
    });
  }
}

let set: Stage;
before(async () => {
  const credentials = { apiToken: 'a token' }; // its requests have no timestamp, which would be invalid after a jump of the clock
  set = await stage(
    { records: RECORDS, endMs: Date.now() - 300 * DAY_MS, associations: false, credentials },
    {
      TC_ACCESS_ID: undefined,
      TC_SECRET_KEY: undefined,
      TC_API_TOKEN: 'a token',
      TC_OVERLAP: '20s',
      TC_SAFETY_LAG: '5s',
    },
  );
  await set.run('reconcileAllAssets', { dryRun: false });
  await set.source.post('/_sim/clock', { offsetMs: -1.9 * DAY_MS });
});
after(() => set.close());

test('after any runs that finish, fail or are terminated at any page, the watermark never passed an unread record, and in the end all records are stored', async () => {
  const other = { ...set.deps, settings: { ...set.deps.settings, iocExpiration: '80d' } };
  const activities = [createActivities(set.deps), createActivities(other)];
  await fc.assert(
    fc.asyncProperty(fc.boolean(), steps, async (loaded, story) => {
      const world = new World(set, activities);
      await world.begin(loaded);
      for (const step of story) await world.do(step);
      await world.assertSettles();
    }),
    { numRuns: 50 },
  );
});
