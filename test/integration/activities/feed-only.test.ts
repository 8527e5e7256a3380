import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';

const STREAM = 'logs-ti_threatconnect.indicator';

test('with Elastic’s own package the documents skip its pipeline, which would map them a second time', async (context) => {
  const set = await stage({ records: 40 }, { ES_ASSETS: 'feed-only' });
  context.after(() => set.close());
  await set.sink.ingest.putPipeline({
    id: `${STREAM}-2.3.0`,
    processors: [{ set: { field: 'mapped_by_the_package', value: 'yes' } }],
  });
  await set.sink.ingest.putPipeline({
    id: '.fleet_final_pipeline-1',
    processors: [{ set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } }],
  });
  await set.sink.indices.putIndexTemplate({
    name: STREAM,
    index_patterns: [`${STREAM}-*`],
    priority: 200,
    data_stream: {},
    template: {
      mappings: { dynamic: false },
      settings: {
        index: {
          default_pipeline: `${STREAM}-2.3.0`,
          final_pipeline: '.fleet_final_pipeline-1',
        },
      },
    },
    _meta: { managed_by: 'fleet', managed: true, package: { name: 'ti_threatconnect' } },
  });
  const report = await set.apply();
  assert.ok(report.every(({ state }) => state === 'ok' || state === 'created'));
  const { counts } = await set.run('syncPage', wholeFeed(set));
  assert.ok(counts.created > 0 && counts.created === counts.read);
  for (const { _source: source } of await set.stored()) {
    assert.equal(source.mapped_by_the_package, undefined);
    assert.ok('ingested' in (source.event as object));
  }
});

for (const [pipeline, mark] of [
  [undefined, undefined],
  ['mine', 'yes'],
] as const) {
  test(`with ES_PIPELINE=${pipeline ?? '(unset)'} documents pass ${pipeline ?? 'no'} pipeline, also if a default one is set by hand`, async (context) => {
    const set = await stage({ records: 3 }, { ES_PIPELINE: pipeline });
    context.after(() => set.close());
    await set.apply();
    for (const [id, value] of [
      ['mine', 'yes'],
      ['default', 'no'],
    ] as const) {
      await set.sink.ingest.putPipeline({ id, processors: [{ set: { field: 'mark', value } }] });
    }
    await set.sink.indices.putSettings({
      index: `${STREAM}-default`,
      settings: { 'index.default_pipeline': 'default' },
    });
    await set.run('syncPage', wholeFeed(set));
    const stored = await set.stored();
    assert.ok(stored.length > 0);
    for (const { _source: source } of stored) assert.equal(source.mark, mark);
  });
}
