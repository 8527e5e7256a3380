import assert from 'node:assert/strict';
import { test, type MockTimers } from 'node:test';
import { createActivities, type Activities } from '../../../activities/index.ts';
import { dataStream, LATEST_ALIAS, replacementWorkflowId } from '../../../contracts/names.ts';
import { takeSteps } from '../../../workflows/replacement-steps.ts';
import { stage, type Stage } from '../../stage.ts';
import { PlayedRun } from './played-run.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIFE_DAYS = 5;
/** The source sleeps at the weekend. */
const QUIET_DAYS = new Set([5, 6, 12]);
const REPLACED_ON = 8;

type True = { id: string; lastModified: string; active: boolean; deleted: boolean };

/** A source, a cluster and the program between them, all in this process: the test moves the clock of all three. */
class Life {
  readonly set: Stage;
  readonly #clock: MockTimers;
  readonly #activities: Activities;
  #runs = 0;

  constructor(set: Stage, clock: MockTimers) {
    this.set = set;
    this.#clock = clock;
    this.#activities = createActivities(set.deps);
  }

  /** ILM and the transforms do what is due. */
  async pass(ms: number): Promise<void> {
    // in steps, as a policy has several
    for (let passed = 0; passed < ms; passed += HOUR_MS / 2) {
      this.#clock.tick(Math.min(HOUR_MS / 2, ms - passed));
      await this.set.elasticsearch.post('/_sim/clock', { real: true }); // it looks at the time again
      await this.set.elasticsearch.post('/_sim/transforms/settle');
    }
  }

  async change(day: number, hour: number): Promise<void> {
    await this.set.source.post('/_sim/mutate', {
      random: { seed: day * 100 + hour, updates: 6, creates: 3 },
    });
  }

  async sync(): Promise<void> {
    this.#runs += 1;
    const run = await PlayedRun.begin(this.set, this.#activities, `run-${this.#runs}`, {
      from: null,
      pageSize: 50,
    });
    await run.finish();
    await this.set.sink.indices.refresh({ index: dataStream('default') });
  }

  async replace(): Promise<void> {
    const pause = () => this.pass(HOUR_MS / 60);
    const run = (activity: (input: never) => Promise<unknown>) => (input: unknown) =>
      this.set.environment().run(activity as (input: unknown) => Promise<unknown>, input);
    const { compareLatest, ...activities } = Object.fromEntries(
      Object.entries(this.#activities).map(([name, activity]) => [
        name,
        run(activity as (input: never) => Promise<unknown>),
      ]),
    ) as Activities;
    await takeSteps(
      {
        activities,
        compareLatest,
        pause,
        copying: null,
        renew: async () => undefined,
        readFeeds: async () => undefined,
        afterAll: (work) => work(),
        report: () => undefined,
      },
      { undo: false, settingsCode: undefined, by: replacementWorkflowId('default') },
    );
  }

  /** Readers see the newest version of every indicator that lives, and nothing else. */
  async check(day: number): Promise<void> {
    const live = (await this.set.source.lines<True>('/_sim/truth'))
      .filter(
        ({ active, deleted, lastModified }) =>
          active && !deleted && Date.parse(lastModified) > Date.now() - LIFE_DAYS * DAY_MS,
      )
      .map(({ id, lastModified }) => `${id} ${lastModified}`)
      .toSorted();
    const { hits } = await this.set.sink.search<{
      '@timestamp': string;
      threat_connect: { indicator: { id: string } };
    }>({ index: LATEST_ALIAS, size: 10_000 });
    const seen = hits.hits
      .map(({ _source: source }) => source)
      .map(
        (source) =>
          `${source?.threat_connect.indicator.id} ${source?.['@timestamp'].replace('.000Z', 'Z')}`,
      )
      .toSorted();
    assert.deepEqual(seen, live, `at the end of day ${day}`);
  }

  async backingIndices(): Promise<string[]> {
    const { data_streams: streams } = await this.set.sink.indices.getDataStream({
      name: dataStream('default'),
    });
    return streams[0]?.indices.map(({ index_name: name }) => name) ?? [];
  }
}

test('two weeks: each evening the latest index is what lives, through rollovers, deletions, expiries and a replacement', async (context) => {
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const set = await stage(
    { records: 120 },
    { TCSYNC_EXPIRY: 'fixed', TCSYNC_IOC_EXPIRATION: `${LIFE_DAYS}d`, ES_ILM_DELETE: '2d' },
  );
  context.after(() => set.close());
  const life = new Life(set, context.mock.timers);
  await set.apply();
  await life.sync();
  const everSeen = new Set(await life.backingIndices());
  let least = Infinity;
  for (let day = 1; day <= 14; day += 1) {
    for (const hour of [8, 16]) {
      await life.pass(8 * HOUR_MS);
      if (!QUIET_DAYS.has(day)) await life.change(day, hour);
      await life.pass(5 * 60_000);
      await life.sync();
      const reports = await set.apply();
      const blocked = reports.filter(({ state }) => state === 'blocked');
      assert.deepEqual(blocked, [], `day ${day}`);
    }
    if (day === REPLACED_ON) await life.replace();
    await life.pass(7 * HOUR_MS);
    await set.apply();
    await life.pass(HOUR_MS);
    for (const name of await life.backingIndices()) everSeen.add(name);
    least = Math.min(least, (await life.backingIndices()).length);
    await life.check(day);
  }
  assert.ok(everSeen.size >= 8, `${everSeen.size} backing indices`);
  assert.ok((await life.backingIndices()).length < everSeen.size, 'some were deleted');
  const aliased = await set.sink.indices.getAlias({ name: LATEST_ALIAS });
  assert.deepEqual(Object.keys(aliased), ['logs-ti_threatconnect_latest.dest_indicator-102']);
});
