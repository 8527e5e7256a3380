import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { dataStream, LATEST_ALIAS } from '../../../contracts/names.ts';
import { stage, type Stage } from '../../stage.ts';
import { FLEET_INDEX, FLEET_TRANSFORM, installFleetAssets, writeAsAgent } from './fleet-assets.ts';
import { loadWhole } from './page-input.ts';

const STREAM = dataStream('default');
const OWN_INDEX = 'logs-ti_threatconnect_latest.dest_indicator-101';
const OWN_TRANSFORM = 'tcsync-ti_threatconnect-latest-v1';
const HOURS = 3_600_000;
const MINUTES = 60_000;
/** With some days to spare for the clock that the test moves. */
const LIFE_MS = 80 * 24 * HOURS;

type True = {
  id: string;
  summary: string;
  lastModified: string;
  active: boolean;
  deleted: boolean;
};

/** A cluster that Elastic's integration has served for some time, and the program beside it. */
class Migration {
  readonly set: Stage;
  summaries: string[] = [];

  constructor(set: Stage) {
    this.set = set;
  }

  static async begin(env: NodeJS.ProcessEnv = {}): Promise<Migration> {
    const set = await stage({ records: 400 }, { ES_ASSETS: 'takeover', ...env });
    const migration = new Migration(set);
    await installFleetAssets(set.sink);
    const live = (await set.source.lines<True>('/_sim/truth')).filter(
      ({ active, deleted, lastModified }) =>
        active && !deleted && Date.parse(lastModified) > Date.now() - LIFE_MS,
    );
    assert.ok(live.length > 20);
    migration.summaries = [...new Set(live.map(({ summary }) => summary))].toSorted();
    await migration.writeAsAgent(live);
    await writeAsAgent(set.sink, live.slice(0, 1)); // the data stream holds the last two days only
    return migration;
  }

  /** What an agent wrote more than two days ago: the latest index still has it, the data stream does not. */
  async writeAsAgent(indicators: Parameters<typeof writeAsAgent>[1]): Promise<void> {
    const { sink } = this.set;
    await writeAsAgent(sink, indicators);
    await this.pass(10 * MINUTES);
    await this.checkReaders(FLEET_INDEX);
    await sink.deleteByQuery({ index: STREAM, query: { match_all: {} }, refresh: true });
  }

  /** Lets time pass in Elasticsearch, and with it the work of the transforms. */
  async pass(ms: number): Promise<void> {
    await this.set.elasticsearch.post('/_sim/clock', { advanceMs: ms });
    await this.set.elasticsearch.post('/_sim/transforms/settle');
  }

  /** Reads everything, as runs of the feed do, and lets the transforms see it. */
  sync(): Promise<void> {
    return loadWhole(this.set);
  }

  /** Readers of the alias find every live indicator, in the index that they should see. */
  async checkReaders(index: string): Promise<void> {
    const { sink } = this.set;
    assert.deepEqual(Object.keys(await sink.indices.getAlias({ name: LATEST_ALIAS })), [index]);
    const { hits } = await sink.search<{ event: { id: string } }>({
      index: LATEST_ALIAS,
      size: 10_000,
    });
    const seen = new Set(hits.hits.map(({ _source: source }) => source?.event.id));
    const missing = this.summaries.filter((summary) => !seen.has(summary));
    assert.deepEqual(missing, []);
  }

  async transformState(id: string): Promise<string> {
    const { transforms } = await this.set.sink.transform.getTransformStats({ transform_id: id });
    return transforms[0]?.state ?? 'missing';
  }

  /** The same cluster with another value of ES_ASSETS. */
  async as(assets: string): Promise<Migration> {
    const set = await stage({ records: 1 }, { ES_ASSETS: assets, ES_URL: this.set.env.ES_URL });
    const other = new Migration(set);
    other.summaries = this.summaries;
    return other;
  }
}

function states(reports: readonly AssetReport[]): Record<string, string> {
  return Object.fromEntries(
    reports
      .filter(({ state, detail }) => state !== 'ok' || detail !== null)
      .map(({ asset, state }) => [asset, state]),
  );
}

for (const profile of ['enriched', 'compatible'] as const) {
  test(`${profile}: readers keep every live indicator before, during and after a takeover, and after its undo`, async (context) => {
    const migration = await Migration.begin({ TCSYNC_OUTPUT_PROFILE: profile });
    const { set } = migration;
    context.after(() => set.close());

    // an agent wrote ten minutes ago
    const refused = await set.apply();
    assert.equal(states(refused)['assets of the indicators'], 'blocked');
    assert.match(refused.at(-1)?.detail ?? '', /an agent .* still writes/);
    await migration.pass(2 * HOURS);

    const planned = await set.apply(true);
    assert.equal(states(planned)[`backing index of ${STREAM}`], 'broken');
    await migration.checkReaders(FLEET_INDEX);

    const begun = await set.apply();
    assert.equal(states(begun)[`backing index of ${STREAM}`], 'repaired');
    assert.equal(states(begun)[`transform ${OWN_TRANSFORM}`], 'created');
    await migration.checkReaders(FLEET_INDEX);
    const waits = await set.apply();
    assert.match(detailOf(waits, LATEST_ALIAS), /feed default is not read whole yet/);

    await migration.sync();
    await migration.checkReaders(FLEET_INDEX);
    assert.match(detailOf(await set.apply(), LATEST_ALIAS), /has not seen \d+ documents/);
    await migration.pass(10 * MINUTES);
    await migration.checkReaders(FLEET_INDEX);

    const moved = await set.apply();
    assert.equal(states(moved)[`alias ${LATEST_ALIAS}`], 'repaired');
    await migration.checkReaders(OWN_INDEX);
    assert.equal(await migration.transformState(FLEET_TRANSFORM), 'stopped');
    await set.apply();
    await set.elasticsearch.post('/_sim/counters/reset');
    assert.deepEqual(states(await set.apply()), {});
    const { writes } = await set.elasticsearch.get<{ writes: string[] }>('/_sim/counters');
    assert.deepEqual(writes, []);

    const { data_streams: handedOver } = await set.sink.indices.getDataStream({ name: STREAM });
    assert.deepEqual(
      handedOver[0]?.indices.map(({ ilm_policy: policy }) => policy),
      ['logs-ti_threatconnect.indicator-default_policy', 'tcsync-ti_threatconnect.indicator'],
    );

    // somebody starts the package's transform, and moves the alias back by hand
    await set.sink.transform.startTransform({ transform_id: FLEET_TRANSFORM });
    await set.sink.indices.updateAliases({
      actions: [
        { remove: { index: FLEET_INDEX, alias: LATEST_ALIAS } },
        { add: { index: OWN_INDEX, alias: LATEST_ALIAS } },
      ],
    });
    assert.deepEqual(states(await set.apply()), { 'transforms of Elastic’s package': 'repaired' });
    assert.equal(await migration.transformState(FLEET_TRANSFORM), 'stopped');

    // an upgrade of the package starts its transform, which moves the alias
    await set.sink.transform.startTransform({ transform_id: FLEET_TRANSFORM });
    assert.deepEqual(Object.keys(await set.sink.indices.getAlias({ name: LATEST_ALIAS })), [
      FLEET_INDEX,
    ]);
    await set.apply();
    await migration.checkReaders(OWN_INDEX);
    assert.equal(await migration.transformState(FLEET_TRANSFORM), 'stopped');

    // what the package's transform has not seen yet
    await set.source.post('/_sim/mutate', { random: { seed: 1, updates: 5 } });
    await migration.sync();

    const undone = await migration.as('feed-only');
    context.after(() => undone.set.close());
    const returned = await undone.set.apply();
    assert.equal(states(returned)[`backing index of ${STREAM}`], 'repaired');
    assert.notEqual(states(returned)[`alias ${LATEST_ALIAS}`], 'blocked');
    await migration.checkReaders(OWN_INDEX);
    await migration.pass(10 * MINUTES);
    await undone.set.apply();
    await migration.checkReaders(FLEET_INDEX);
    assert.equal(await migration.transformState(FLEET_TRANSFORM), 'started');
    assert.equal(await migration.transformState(OWN_TRANSFORM), 'stopped');
    await migration.pass(10 * MINUTES);
    await migration.checkReaders(FLEET_INDEX);
    const { data_streams: streams } = await set.sink.indices.getDataStream({ name: STREAM });
    assert.equal(streams[0]?.template, 'logs-ti_threatconnect.indicator');
  });
}

test('a takeover that would lose indicators does not move the alias, and says so', async (context) => {
  const migration = await Migration.begin();
  const { set } = migration;
  context.after(() => set.close());
  await migration.writeAsAgent(
    Array.from({ length: 20 }, (_, index) => ({
      id: `9${index}`,
      summary: `only-there-${index}.example`,
      lastModified: new Date().toISOString(),
    })),
  );
  await migration.pass(2 * HOURS);
  await set.apply();
  await migration.sync();
  await migration.pass(10 * MINUTES);
  const report = await set.apply();
  assert.equal(states(report)[`alias ${LATEST_ALIAS}`], 'blocked');
  assert.match(
    detailOf(report, LATEST_ALIAS),
    /20 of \d+ indicators in .*-8 are not in .*-101: readers would lose them/,
  );
  await migration.checkReaders(FLEET_INDEX);
});

function detailOf(reports: readonly AssetReport[], asset: string): string {
  return reports.find((report) => report.asset.endsWith(asset))?.detail ?? '';
}
