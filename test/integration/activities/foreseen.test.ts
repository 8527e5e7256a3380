import type { Client, estypes } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { stage, type Stage } from '../../stage.ts';
import { odd, writingNothing } from './drifts.ts';

const STREAM = 'logs-ti_threatconnect.indicator-default';
const STREAM_TEMPLATE = 'tcsync-ti_threatconnect.indicator';
const LATEST = 'logs-ti_threatconnect_latest.dest_indicator-101';
const LATEST_TEMPLATE = 'tcsync-ti_threatconnect_latest';
const FOLLOWS = /^this follows from the templates above/;

type Mappings = estypes.MappingTypeMapping;

describe('a dry run, while templates differ, tells what follows', () => {
  let set: Stage;
  beforeEach(async () => {
    set = await stage({ records: 1 });
    await set.apply();
  });
  afterEach(() => set.close());

  /** The line of an asset in a dry run, which writes nothing; the reconciliation then does just that. */
  async function foreseen(asset: string): Promise<AssetReport> {
    await set.elasticsearch.post('/_sim/counters/reset');
    const planned = lineOf(await set.apply(true), asset);
    const { writes } = await set.elasticsearch.get<{ writes: string[] }>('/_sim/counters');
    assert.deepEqual(writes, []);
    const done = lineOf(await set.apply(), asset);
    assert.deepEqual(done.changes, planned.changes);
    return planned;
  }

  test('fields that the write index gets', async () => {
    await withOldMappings(set.sink, STREAM_TEMPLATE, without('event', 'id'));
    await set.sink.indices.rollover({ alias: STREAM });
    const { state, changes, detail } = await foreseen(`data stream ${STREAM}`);
    assert.deepEqual([state, changes], ['differs', ['event.id: not mapped → keyword']]);
    assert.match(detail ?? '', FOLLOWS);
    assert.deepEqual(odd(await writingNothing(set)), []);
  });

  test('that the data stream rolls over', async () => {
    await withOldMappings(set.sink, STREAM_TEMPLATE, withType('event', 'id', 'text'));
    await set.sink.indices.rollover({ alias: STREAM });
    const { state, changes } = await foreseen(`data stream ${STREAM}`);
    assert.deepEqual(
      [state, changes],
      ['differs', ['event.id: text → keyword', 'it is rolled over']],
    );
  });

  test('nothing about what a component template of the operator overrides', async () => {
    await set.sink.cluster.putComponentTemplate({
      name: `${STREAM_TEMPLATE}@custom`,
      template: { mappings: { properties: { tags: { type: 'text' } } } },
    });
    await withOldMappings(set.sink, STREAM_TEMPLATE, without('event', 'id'));
    await set.sink.indices.rollover({ alias: STREAM });
    const { changes } = await foreseen(`data stream ${STREAM}`);
    assert.deepEqual(changes, ['event.id: not mapped → keyword']);
  });

  test('fields that the latest index gets, and that it must be replaced', async () => {
    await withOldMappings(set.sink, LATEST_TEMPLATE, (mappings) =>
      withType('event', 'id', 'text')(without('event', 'created')(mappings)),
    );
    await set.sink.transform.stopTransform({
      transform_id: 'tcsync-ti_threatconnect-latest-v1',
      wait_for_completion: true,
    });
    await set.sink.indices.delete({ index: LATEST });
    await set.sink.indices.create({
      index: LATEST,
      aliases: { 'logs-ti_threatconnect_latest.indicator': {} },
    });
    const { state, changes, detail } = await foreseen(`index ${LATEST}`);
    assert.deepEqual([state, changes], ['differs', ['event.created: not mapped → date']]);
    assert.match(
      detail ?? '',
      /^this follows from the templates above; it must be replaced .* event\.id: text → keyword: `npx/,
    );
  });

  test('that it cannot know it, if another template has made the data stream', async () => {
    await set.sink.indices.deleteIndexTemplate({ name: STREAM_TEMPLATE });
    const line = lineOf(await set.apply(true), `data stream ${STREAM}`);
    assert.deepEqual([line.state, line.changes], ['ok', []]);
    assert.match(line.detail ?? '', /what follows is known when the templates above are written$/);
  });
});

function lineOf(reports: readonly AssetReport[], asset: string): AssetReport {
  const found = reports.find((one) => one.asset === asset);
  assert.ok(found, asset);
  return found;
}

/** As an older version of the program would have written the component template with the mappings. */
async function withOldMappings(
  sink: Client,
  template: string,
  change: (mappings: Mappings) => Mappings,
): Promise<void> {
  const name = `${template}@mappings`;
  const { component_templates: found } = await sink.cluster.getComponentTemplate({ name });
  const { template: body = {}, _meta: meta = {} } = found[0]?.component_template ?? {};
  await sink.cluster.putComponentTemplate({
    name,
    template: { ...body, mappings: change(body.mappings ?? {}) },
    _meta: meta,
  });
}

function without(object: string, field: string) {
  return (mappings: Mappings): Mappings =>
    withProperties(mappings, object, (properties) =>
      Object.fromEntries(Object.entries(properties).filter(([name]) => name !== field)),
    );
}

function withType(object: string, field: string, type: 'text') {
  return (mappings: Mappings): Mappings =>
    withProperties(mappings, object, (properties) => ({ ...properties, [field]: { type } }));
}

type Properties = Record<string, estypes.MappingProperty>;

function withProperties(
  { properties = {}, ...rest }: Mappings,
  object: string,
  change: (properties: Properties) => Properties,
): Mappings {
  const { properties: inner = {} } = properties[object] as { properties?: Properties };
  return { ...rest, properties: { ...properties, [object]: { properties: change(inner) } } };
}
