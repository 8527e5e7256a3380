import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Client, errors } from '@elastic/elasticsearch';

import { useElasticsearch, useStandIn } from './elasticsearch-under-test.ts';

describe('the official client, with the stand-in or with the server at ES_URL', () => {
  const server = useElasticsearch();
  const stream = `logs-${server.name('client')}-default`;
  const index = server.name('state');
  let client: Client;

  before(() => {
    client = new Client({ node: server.url(), maxRetries: 0, compression: true });
  });
  after(async () => {
    await client.close();
  });

  test('it installs templates and pipelines', async () => {
    await client.ingest.putPipeline({
      id: server.name('final'),
      processors: [{ set: { field: 'event.ingested', copy_from: '_ingest.timestamp' } }],
    });
    await client.cluster.putComponentTemplate({
      name: server.name('mappings'),
      template: { mappings: { properties: { n: { type: 'long' } } } },
    });
    await client.indices.putIndexTemplate({
      name: server.name('template'),
      index_patterns: [`logs-${server.name('*')}-*`],
      data_stream: {},
      priority: 200,
      composed_of: [server.name('mappings')],
      template: { settings: { number_of_replicas: 0, final_pipeline: server.name('final') } },
    });
    const simulated = await client.indices.simulateIndexTemplate({ name: stream });
    assert.deepEqual(simulated.template.mappings.properties?.['n'], { type: 'long' });
  });

  test('it writes in bulk and reads the outcome of each item', async () => {
    const operations = ['a', 'b', 'a'].flatMap((_id) => [
      { create: { _id } },
      { '@timestamp': '2026-11-24T10:00:00Z', n: 1 },
    ]);
    const outcome = await client.bulk({
      index: stream,
      require_data_stream: true,
      operations,
      refresh: true,
      filter_path: 'errors,items.*._id,items.*.status,items.*.error.type',
    });
    assert.deepEqual(outcome, {
      errors: true,
      items: [
        { create: { _id: 'a', status: 201 } },
        { create: { _id: 'b', status: 201 } },
        { create: { _id: 'a', status: 409, error: { type: 'version_conflict_engine_exception' } } },
      ],
    });
  });

  test('it describes and rolls over a data stream', async () => {
    const described = await client.indices.getDataStream({ name: stream });
    assert.equal(described.data_streams[0]?.generation, 1);
    const rolled = await client.indices.rollover({ alias: stream });
    assert.equal(rolled.rolled_over, true);
    assert.equal(await client.indices.exists({ index: rolled.new_index }), true);
  });

  test('it searches and counts', async () => {
    const found = await client.search<{ n: number }>({
      index: stream,
      query: { bool: { filter: [{ term: { n: 1 } }, { exists: { field: 'event.ingested' } }] } },
      sort: [{ '@timestamp': 'asc' }, { _doc: { order: 'asc' } }],
      track_total_hits: true,
    });
    assert.deepEqual(found.hits.total, { value: 2, relation: 'eq' });
    assert.deepEqual(
      found.hits.hits.map(({ _id, _source }) => [_id, _source?.n]),
      [
        ['a', 1],
        ['b', 1],
      ],
    );
    assert.equal((await client.count({ index: stream })).count, 2);
  });

  test('it compares and sets', async () => {
    const created = await client.index({ index, id: 'feed', document: { n: 1 } });
    const { _seq_no: seqNo = -1, _primary_term: term = -1 } = created;
    const condition = { if_seq_no: seqNo, if_primary_term: term };
    await client.index({ index, id: 'feed', document: { n: 2 }, ...condition });
    await assert.rejects(
      client.index({ index, id: 'feed', document: { n: 3 }, ...condition }),
      (error) => {
        assert.ok(error instanceof errors.ResponseError);
        assert.equal(error.statusCode, 409);
        assert.match(
          error.message,
          /required seqNo \[0\], primary term \[1\]\. current document has seqNo \[1\]/,
        );
        return true;
      },
    );
    const { _source: source } = await client.get({ index, id: 'feed' });
    assert.deepEqual(source, { n: 2 });
    assert.equal(await client.exists({ index, id: 'none' }), false);
    const updated = await client.update({ index, id: 'feed', doc: { m: 1 } });
    assert.equal(updated.result, 'updated');
    assert.equal((await client.delete({ index, id: 'feed' })).result, 'deleted');
  });

  test('it reads aliases, mappings and settings', async () => {
    await client.indices.updateAliases({
      actions: [{ add: { index, alias: server.name('alias') } }],
    });
    assert.deepEqual(Object.keys(await client.indices.getAlias({ name: server.name('alias') })), [
      index,
    ]);
    await client.indices.putMapping({ index, properties: { k: { type: 'keyword' } } });
    const mapping = await client.indices.getMapping({ index });
    assert.equal(mapping[index]?.mappings.properties?.['k']?.type, 'keyword');
    const settings = await client.indices.getSettings({ index });
    assert.equal(settings[index]?.settings?.index?.number_of_shards, '1');
  });

  test('it turns a refusal into an error with the reason of the server', async () => {
    await assert.rejects(client.search({ index: server.name('none') }), (error) => {
      assert.ok(error instanceof errors.ResponseError);
      assert.equal(error.statusCode, 404);
      assert.equal(error.body.error.type, 'index_not_found_exception');
      return true;
    });
  });
});

describe('the official client and the faults of the stand-in', () => {
  const server = useStandIn();
  let client: Client;

  before(() => {
    client = new Client({ node: server.url(), maxRetries: 0 });
  });
  after(async () => {
    await client.close();
  });
  const arm = (fault: unknown): Promise<unknown> =>
    server.ask('POST', '/_sim/faults', { on: 'bulk', times: 1, fault });
  const bulk = (): Promise<unknown> => client.bulk({ index: 'x', operations: [{ index: {} }, {}] });

  test('a 429 carries what the server says', async () => {
    await arm({ kind: 'status', status: 429, headers: { 'retry-after': '3' } });
    await assert.rejects(bulk(), (error) => {
      assert.ok(error instanceof errors.ResponseError);
      assert.equal(error.headers?.['retry-after'], '3');
      assert.equal(error.body.error.type, 'es_rejected_execution_exception');
      return true;
    });
  });

  for (const fault of [{ kind: 'reset' }, { kind: 'cut', atBytes: 5 }]) {
    test(`a ${fault.kind} is a connection error`, async () => {
      await arm(fault);
      await assert.rejects(bulk(), errors.ConnectionError);
    });
  }

  test('a held request can be aborted, and the stand-in goes on', async () => {
    await arm({ kind: 'hold' });
    const controller = new AbortController();
    const waiting = client.bulk(
      { index: 'x', operations: [{ index: {} }, {}] },
      { signal: controller.signal },
    );
    const refused = assert.rejects(waiting, errors.RequestAbortedError);
    for (;;) {
      const { body } = await server.ask('GET', '/_sim/faults');
      if ((body as { held: number }).held === 1) break;
    }
    controller.abort();
    await refused;
    await bulk();
  });
});
