import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createActivities, type Activities } from '../../../activities/index.ts';
import { loadConfig } from '../../../config/load.ts';
import { ASSET_STEPS } from '../../../contracts/reconcile-assets-input.ts';
import { createDeps } from '../../../worker/create-deps.ts';
import { stage, type Stage } from '../../stage.ts';
import { writingNothing } from './drifts.ts';
import { watchSink, worthLosing, type Watched } from './replace-latest/watched-sink.ts';

/** A worker that reaches Elasticsearch through a proxy, which breaks one connection. */
async function reconcileThrough(
  set: Stage,
  breaks: NonNullable<Watched['breaks']>,
): Promise<number[]> {
  const proxy = await watchSink(set.env['ES_URL'] ?? '');
  const config = loadConfig({ ...set.env, ES_URL: proxy.url }, { cwd: import.meta.dirname });
  const { temporal, waiting } = set.deps;
  const deps = createDeps(config, temporal, undefined, waiting);
  const { reconcileStep }: Activities = createActivities(deps);
  try {
    proxy.watch({ breaks });
    for (const step of ASSET_STEPS) {
      await set.environment().run(reconcileStep, { step, dryRun: false, settingsCode: undefined });
    }
    return worthLosing(proxy.asked);
  } catch {
    // the process died with it: what was carried out before is all that the next one finds
    return worthLosing(proxy.asked);
  } finally {
    await deps.close();
    proxy.close();
  }
}

/** What a person could break at the same time, so that every kind of repair is under way. */
async function breakAssets({ sink }: Stage): Promise<void> {
  await sink.ingest.putPipeline({ id: 'tcsync-ti_threatconnect-ingested', processors: [] });
  await sink.ilm.putLifecycle({
    name: 'tcsync-ti_threatconnect.indicator',
    policy: { phases: { hot: { actions: { rollover: { max_age: '30d' } } } } },
  });
  const transform = 'tcsync-ti_threatconnect-latest-v1';
  await sink.transform.stopTransform({ transform_id: transform, wait_for_completion: true });
  await sink.transform.updateTransform({ transform_id: transform, frequency: '9m' });
  await sink.indices.updateAliases({
    actions: [
      { remove: { index: 'logs-ti_threatconnect_latest.dest_indicator-101', alias: ALIAS } },
    ],
  });
}

const ALIAS = 'logs-ti_threatconnect_latest.indicator';
const ALL = () => null;

for (const [what, isNew] of [
  ['the first one', true],
  ['one that repairs', false],
] as const) {
  for (const moment of ['before', 'after'] as const) {
    test(`a reconciliation, ${what}, that dies ${moment} any of its requests: the next one ends in the same state`, async () => {
      const requests = await withStage(isNew, (set) => reconcileThrough(set, ALL));
      assert.ok(requests.length > 4);
      for (const lost of requests) {
        await withStage(isNew, async (set) => {
          await reconcileThrough(set, (number) => (number === lost ? moment : null));
          await set.apply();
          const reports = await writingNothing(set);
          const odd = reports.filter(({ state }) => state !== 'ok');
          assert.deepEqual(odd, [], `${moment} request ${lost}`);
        });
      }
    });
  }
}

async function withStage<T>(isNew: boolean, work: (set: Stage) => Promise<T>): Promise<T> {
  const set = await stage({ records: 1 });
  try {
    if (!isNew) {
      await set.apply();
      await breakAssets(set);
    }
    return await work(set);
  } finally {
    await set.close();
  }
}
