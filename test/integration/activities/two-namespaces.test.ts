import type { Client } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { stage, type Stage } from '../../stage.ts';
import { odd, told, writingNothing } from './drifts.ts';

const POLICY = 'tcsync-ti_threatconnect.indicator';
const TRANSFORM = 'tcsync-ti_threatconnect-latest-v1';

/** A shared asset, and what two namespaces want of it. */
type Disputed = {
  asset: string;
  first: NodeJS.ProcessEnv;
  second: NodeJS.ProcessEnv;
  /** What the second namespace says about the settings of the first. */
  says: string;
  /** What its `apply` changes. */
  changes: readonly string[];
  read: (sink: Client) => Promise<object>;
  /** A change by hand, and how it is corrected while the settings of the first namespace count. */
  drift: (sink: Client) => Promise<unknown>;
  corrected: string;
};

const DISPUTED: readonly Disputed[] = [
  {
    asset: `ILM policy ${POLICY}`,
    first: { ES_ILM_DELETE: '30d', ES_ILM_ROLLOVER: '2d' },
    second: { ES_ILM_DELETE: '9d' },
    says: 'ES_ILM_ROLLOVER=2d (here 1d, without effect) and ES_ILM_DELETE=30d (here 9d, without effect)',
    changes: [
      'phases.hot.actions.rollover.max_age: 2d → 1d',
      'phases.delete.min_age: 30d → 9d',
      '_meta.set_by.namespace: first → second',
      '_meta.set_by.ES_ILM_ROLLOVER: 2d → 1d',
      '_meta.set_by.ES_ILM_DELETE: 30d → 9d',
    ],
    read: async (sink) => (await sink.ilm.getLifecycle({ name: POLICY }))[POLICY]?.policy ?? {},
    drift: async (sink) => {
      const { phases, _meta: meta } = (await sink.ilm.getLifecycle({ name: POLICY }))[POLICY]
        ?.policy ?? {
        phases: {},
      };
      const policy = {
        phases: { ...phases, delete: { ...phases.delete, min_age: '1d' } },
        _meta: meta,
      };
      await sink.ilm.putLifecycle({ name: POLICY, policy } as object & { name: string });
    },
    corrected: 'phases.delete.min_age: 1d → 30d',
  },
  {
    asset: `transform ${TRANSFORM}`,
    first: { ES_TRANSFORM_DELAY: '60s', ES_TRANSFORM_FREQUENCY: '5m' },
    second: { ES_TRANSFORM_FREQUENCY: '1m' },
    says: 'ES_TRANSFORM_DELAY=60s (here 120s, without effect) and ES_TRANSFORM_FREQUENCY=5m (here 1m, without effect)',
    changes: [
      'frequency: 5m → 1m',
      'sync.time.delay: 60s → 120s',
      '_meta.set_by.namespace: first → second',
      '_meta.set_by.ES_TRANSFORM_DELAY: 60s → 120s',
      '_meta.set_by.ES_TRANSFORM_FREQUENCY: 5m → 1m',
    ],
    read: async (sink) => {
      const { transforms } = await sink.transform.getTransform({ transform_id: TRANSFORM });
      const { frequency, sync, _meta: meta } = transforms[0] ?? {};
      return { frequency, sync, meta };
    },
    drift: (sink) => sink.transform.updateTransform({ transform_id: TRANSFORM, frequency: '9m' }),
    corrected: 'frequency: 9m → 5m',
  },
];

const BOTH = { ES_ILM_DELETE: '8d' };

for (const { asset, first, second, says, changes, read, drift, corrected } of DISPUTED) {
  describe(`two namespaces with different settings of the ${asset}`, () => {
    let [a, b]: [Stage, Stage] = [] as never;
    before(async () => {
      a = await namespace('first', first);
      await a.apply();
      b = await namespace('second', second, a);
    });
    after(() => closed(b, a));

    const line = (detail: RegExp | string) => ({ asset: `settings of ${asset}`, detail });

    test('the hourly reconciliation of the second keeps to those of the first, and says so', async () => {
      await b.apply();
      const before = await read(a.sink);
      const [report, ...others] = odd(await writingNothing(b));
      assert.deepEqual(others, []);
      assert.deepEqual([report?.asset, report?.state], [`settings of ${asset}`, 'blocked']);
      assert.equal(
        report?.detail,
        `namespace first has set ${says} for all namespaces of this cluster: give both the same value, or run ` +
          '`npx tcsync apply` in this namespace to set its value for all',
      );
      assert.deepEqual(odd(await b.apply(true)), [report]);
      assert.deepEqual(odd(await writingNothing(a)), []);
      assert.deepEqual(await read(a.sink), before);
    });

    test('a change by hand is corrected by each of them, to the settings of the first', async () => {
      for (const set of [a, b]) {
        await drift(set.sink);
        const report = (await set.apply()).find((one) => one.asset === asset);
        assert.deepEqual([report?.state, report?.changes], ['updated', [corrected]]);
        assert.deepEqual(odd(await writingNothing(a)), []);
      }
    });

    test('an apply of the second, by a person, wins, and says from whom it takes the asset', async () => {
      const planned = odd(await b.apply(true, true));
      const reports = odd(await b.apply(false, true));
      const updated = { asset, state: 'updated', changes: [...changes], detail: null };
      assert.deepEqual(reports.at(-1), updated);
      assert.deepEqual(planned.at(-1), { ...updated, state: 'differs' });
      const [taken, ...others] = reports.slice(0, -1);
      assert.deepEqual([taken?.asset, taken?.state, others], [line('').asset, 'ok', []]);
      assert.match(
        taken?.detail ?? '',
        /^`tcsync apply` sets ES_\S+ instead of \S+ and .* for all namespaces .*; namespace first had set it$/,
      );
      assert.deepEqual(odd(await writingNothing(b)), []);
      assert.match(told(await writingNothing(a)).join(), /blocked; namespace second has set ES_/);
    });

    test('a changed setting of the namespace that has set it takes effect by itself', async () => {
      const changed = await namespace('second', first, a);
      const report = (await changed.apply()).find((one) => one.asset === asset);
      assert.equal(report?.state, 'updated');
      // the settings of both are the same again
      for (const set of [a, changed]) assert.deepEqual(odd(await writingNothing(set)), []);
      await changed.close();
    });
  });
}

describe('two namespaces with the same settings', () => {
  let [a, b]: [Stage, Stage] = [] as never;
  before(async () => {
    a = await namespace('first', BOTH);
    await a.apply();
    b = await namespace('second', BOTH, a);
    await b.apply(false, true);
  });
  after(() => closed(b, a));
  afterEach(async () => {
    await a.apply(false, true);
  });

  test('leave the name of the first one in the assets', async () => {
    for (const set of [a, b]) assert.deepEqual(odd(await writingNothing(set)), []);
    const { _meta: meta } = await policyOf(a.sink);
    assert.deepEqual(meta?.['set_by'], {
      namespace: 'first',
      ES_ILM_ROLLOVER: '1d',
      ES_ILM_DELETE: '8d',
    });
  });

  for (const [what, meta, state] of [
    ['an older version, which named nobody', { managed_by: 'tcsync', asset_version: 1 }, 'updated'],
    ['a person who has removed the name', undefined, 'updated'],
    [
      'a person who has made a setting unreadable',
      {
        managed_by: 'tcsync',
        asset_version: 2,
        set_by: { namespace: 'third', ES_ILM_ROLLOVER: '1d', ES_ILM_DELETE: 'long' },
      },
      'updated',
    ],
  ] as const) {
    test(`after ${what}, the one that looks first gives its name`, async () => {
      const { phases } = await policyOf(a.sink);
      await a.sink.ilm.putLifecycle({
        name: POLICY,
        policy: { phases, ...(meta === undefined ? {} : { _meta: meta }) },
      });
      const [report, ...others] = odd(await b.apply());
      assert.deepEqual(others, []);
      assert.deepEqual([report?.asset, report?.state], [`ILM policy ${POLICY}`, state]);
      assert.match(report?.changes.join('\n') ?? '', /^_meta\.set_by\.namespace: .* → second$/m);
      for (const set of [a, b]) assert.deepEqual(odd(await writingNothing(set)), []);
    });
  }
});

describe('two namespaces with different ES_ASSETS', () => {
  let [a, b]: [Stage, Stage] = [] as never;
  before(async () => {
    a = await namespace('first', { ES_ASSETS: 'takeover' });
    await a.apply();
    b = await namespace('second', {}, a);
  });
  after(() => closed(b, a));

  test('the second leaves all assets of the indicators alone until a person applies', async () => {
    await b.apply();
    const [report, ...others] = odd(await writingNothing(b));
    assert.deepEqual(others, []);
    assert.deepEqual([report?.asset, report?.state], ['assets of the indicators', 'blocked']);
    assert.match(
      report?.detail ?? '',
      /^namespace first has set ES_ASSETS=takeover \(here own, without effect\) for all .*; until then nothing is changed$/,
    );
    assert.deepEqual(odd(await writingNothing(a)), []);
    const reports = told(await b.apply(false, true)).join('\n');
    assert.match(reports, /apply` sets ES_ASSETS=own instead of takeover .*; namespace first had/);
    assert.match(reports, /^index template \S+: updated; priority: 220 → 180/m);
    assert.deepEqual(odd(await writingNothing(b)), []);
    assert.match(told(await writingNothing(a)).join(), /namespace second has set ES_ASSETS=own/);
  });
});

test('on Serverless each namespace gives its data stream its own retention', async () => {
  const serverless = { flavour: 'serverless' } as const;
  const a = await stage({ records: 1 }, { TCSYNC_NAMESPACE: 'first' }, serverless);
  const b = await namespace('second', { ES_ILM_DELETE: '3d' }, a);
  try {
    for (const set of [a, b]) await set.apply();
    for (const set of [a, b]) assert.deepEqual(odd(await writingNothing(set)), []);
    const { data_streams: streams } = await a.sink.indices.getDataLifecycle({
      name: 'logs-ti_threatconnect.indicator-*',
    });
    assert.deepEqual(
      streams.map(({ name, lifecycle }) => [name.split('-').at(-1), lifecycle?.data_retention]),
      [
        ['first', '7d'],
        ['second', '3d'],
      ],
    );
  } finally {
    await closed(b, a);
  }
});

/** @param beside a stage with the same Elasticsearch */
function namespace(name: string, env: NodeJS.ProcessEnv, beside?: Stage): Promise<Stage> {
  const url = beside === undefined ? {} : { ES_URL: beside.env['ES_URL'] };
  return stage({ records: 1 }, { TCSYNC_NAMESPACE: name, ...env, ...url });
}

async function closed(...sets: readonly Stage[]): Promise<void> {
  for (const set of sets) await set.close();
}

async function policyOf(sink: Client) {
  const { policy } = (await sink.ilm.getLifecycle({ name: POLICY }))[POLICY] ?? {};
  return policy ?? { phases: {} };
}
