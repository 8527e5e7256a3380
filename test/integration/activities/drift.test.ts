import type { Client } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { dataStream } from '../../../contracts/names.ts';
import { stage, type Stage } from '../../stage.ts';
import { odd, writingNothing } from './drifts.ts';
import { wholeFeed } from './page-input.ts';

const STREAM = 'tcsync-ti_threatconnect.indicator';
const PIPELINE = 'tcsync-ti_threatconnect-ingested';

/** Something that a person has done to the assets, and what the next reconciliation says about it. */
type Drift = {
  what: string;
  act: (sink: Client) => Promise<unknown>;
  asset: string;
  state: AssetReport['state'];
  says: RegExp;
};

const DRIFTS: readonly Drift[] = [
  {
    what: 'a setting of a component template',
    act: (sink) =>
      changeComponent(sink, `${STREAM}@settings`, (template) => ({
        ...template,
        settings: { index: { ...settingsOf(template), final_pipeline: '_none' } },
      })),
    asset: `component template ${STREAM}@settings`,
    state: 'updated',
    says: new RegExp(`template\\.settings\\.index\\.final_pipeline: _none → ${PIPELINE}`),
  },
  {
    what: 'a setting that was added to a component template',
    act: (sink) =>
      changeComponent(sink, `${STREAM}@settings`, (template) => ({
        ...template,
        settings: { index: { ...settingsOf(template), refresh_interval: '30s' } },
      })),
    asset: `component template ${STREAM}@settings`,
    state: 'updated',
    says: /refresh_interval: 30s → not set/,
  },
  {
    what: 'a field of the mapping',
    act: (sink) =>
      changeComponent(sink, `${STREAM}@mappings`, () => ({
        mappings: { properties: { event: { properties: { id: { type: 'text' } } } } },
      })),
    asset: `component template ${STREAM}@mappings`,
    state: 'updated',
    says: /template\.mappings\.properties\.event\.properties\.id\.type: text → keyword/,
  },
  {
    what: 'the priority and the parts of an index template',
    act: async (sink) => {
      const { index_templates: found } = await sink.indices.getIndexTemplate({ name: STREAM });
      await sink.indices.putIndexTemplate({
        name: STREAM,
        ...found[0]?.index_template,
        priority: 150,
        composed_of: [`${STREAM}@mappings`],
      });
    },
    asset: `index template ${STREAM}`,
    state: 'updated',
    says: /priority: 150 → 180[^]*composed_of: \["tcsync-[^]* → \["logs@mappings"/,
  },
  {
    what: 'the ages of the ILM policy',
    act: (sink) =>
      sink.ilm.putLifecycle({
        name: STREAM,
        policy: { phases: { hot: { actions: { rollover: { max_age: '30d' } } } } },
      }),
    asset: `ILM policy ${STREAM}`,
    state: 'updated',
    says: /max_age: 30d → 1d[^]*phases\.delete\.min_age: not set → 7d/,
  },
  {
    what: 'a processor of the pipeline',
    act: (sink) =>
      sink.ingest.putPipeline({
        id: PIPELINE,
        processors: [{ set: { field: 'event.ingested', value: 'never' } }],
      }),
    asset: `ingest pipeline ${PIPELINE}`,
    state: 'updated',
    says: /processors: .*never.* → .*_ingest\.timestamp/,
  },
];

/** What is never changed, though it has a name of the program. */
const KEPT: readonly Drift[] = [
  {
    what: 'an asset that names another owner',
    act: (sink) => markPipeline(sink, { managed_by: 'somebody' }),
    asset: `ingest pipeline ${PIPELINE}`,
    state: 'foreign',
    says: /it belongs to "somebody"/,
  },
  {
    what: 'an asset of a newer version of the program',
    act: (sink) => markPipeline(sink, { managed_by: 'tcsync', asset_version: 99 }),
    asset: `ingest pipeline ${PIPELINE}`,
    state: 'blocked',
    says: /a newer version of tcsync wrote it/,
  },
];

describe('assets that were changed by hand', () => {
  let set: Stage;
  before(async () => {
    set = await stage({ records: 1 });
    await set.apply();
  });
  after(() => set.close());

  for (const { what, act, asset, state, says } of DRIFTS) {
    test(`${what}: one reconciliation corrects it, a second one writes nothing`, async () => {
      await act(set.sink);
      const [planned, ...others] = odd(await set.apply(true));
      assert.deepEqual(others, []);
      assert.equal(planned?.asset, asset);
      assert.match(planned.changes.join('\n'), says);
      const corrected = odd(await set.apply());
      assert.deepEqual(corrected, [{ ...planned, state }]);
      assert.deepEqual(odd(await writingNothing(set)), []);
    });
  }

  test('documents that were written without a stamp get it afterwards, each once', async () => {
    await set.sink.ingest.putPipeline({ id: PIPELINE, processors: [] });
    await set.run('syncPage', wholeFeed(set));
    await set.sink.indices.refresh({ index: dataStream('default') });
    assert.equal(await unstamped(set), 1);
    const corrected = odd(await set.apply());
    assert.deepEqual(
      corrected.map(({ asset, state }) => [asset, state]),
      [
        [`ingest pipeline ${PIPELINE}`, 'updated'],
        [`documents of ${dataStream('default')}`, 'repaired'],
      ],
    );
    assert.match(corrected[1]?.changes[0] ?? '', /^1 documents without event\.ingested/);
    assert.equal(await unstamped(set), 0);
    assert.deepEqual(odd(await writingNothing(set)), []);
  });

  for (const { what, act, asset, state, says } of KEPT) {
    test(`${what} is reported and left as it is`, async () => {
      await act(set.sink);
      const [report, ...others] = odd(await writingNothing(set));
      assert.deepEqual(others, []);
      assert.deepEqual([report?.asset, report?.state], [asset, state]);
      assert.match(report?.detail ?? '', says);
      await set.sink.ingest.deletePipeline({ id: PIPELINE });
      await set.apply();
    });
  }
});

async function unstamped(set: Stage): Promise<number> {
  const stored = await set.stored();
  return stored.filter(({ _source: { event } }) => (event as Event).ingested === undefined).length;
}

type Event = { ingested?: string };

type Template = { settings?: { index?: object }; mappings?: object };

function settingsOf({ settings }: Template): object {
  return settings?.index ?? {};
}

async function changeComponent(
  sink: Client,
  name: string,
  change: (template: Template) => object,
): Promise<void> {
  const { component_templates: found } = await sink.cluster.getComponentTemplate({ name });
  const { template = {}, ...rest } = found[0]?.component_template ?? {};
  await sink.cluster.putComponentTemplate({
    name,
    ...rest,
    template: change(template),
  });
}

async function markPipeline(sink: Client, meta: Record<string, unknown>): Promise<void> {
  await sink.ingest.putPipeline({ id: PIPELINE, processors: [], _meta: meta });
}
