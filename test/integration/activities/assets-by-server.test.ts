import type { Client } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stage, type Stage } from '../../stage.ts';
import type { ElasticsearchOptions } from '../../../stand-ins/elasticsearch/server.ts';
import { odd, told, writingNothing } from './drifts.ts';

const STREAM = 'logs-ti_threatconnect.indicator-default';
const POLL_MS = 600_000;
const DAY_MS = 86_400_000;

const SERVERS: readonly ElasticsearchOptions[] = [
  { version: '8.13.4' },
  { version: '8.19.0' },
  { version: '9.4.0' },
  { flavour: 'serverless' },
];

for (const server of SERVERS) {
  const name = server.version ?? 'Serverless';
  describe(`assets on ${name}`, () => {
    let set: Stage;
    before(async () => {
      set = await stage({ records: 1 }, {}, server);
    });
    after(() => set.close());

    test('a dry run writes nothing, one reconciliation creates all, a second one writes nothing', async () => {
      await set.elasticsearch.post('/_sim/counters/reset');
      await set.apply(true);
      assert.deepEqual((await counters(set)).writes, []);
      const created = await set.apply();
      assert.deepEqual(
        created.filter(({ state }) => state !== 'created' && state !== 'ok'),
        [],
      );
      assert.deepEqual(odd(await writingNothing(set)), []);
    });
  });
}

describe('the data stream lifecycle on Serverless', () => {
  let set: Stage;
  before(async () => {
    set = await stage({ records: 1 }, { ES_ILM_DELETE: '9d' }, { flavour: 'serverless' });
    await set.elasticsearch.post('/_sim/counters/reset');
    await set.apply();
  });
  after(async () => {
    // it would be refused, and a refusal is a line of the report; so this is the proof that none was hidden
    const { requests } = await counters(set);
    assert.deepEqual([requests['ilm'], requests['stats']], [0, 0]);
    await set.close();
  });

  test('a retention that was changed by hand is corrected', async () => {
    await set.sink.indices.putDataLifecycle({ name: STREAM, data_retention: '99d' });
    assert.deepEqual(told(await set.apply()), [
      `lifecycle of ${STREAM}: updated; data_retention: 99d → 9d`,
    ]);
    assert.deepEqual(odd(await writingNothing(set)), []);
  });

  test('a lifecycle that was switched off or removed is switched on', async () => {
    await set.sink.indices.putDataLifecycle({ name: STREAM, data_retention: '9d', enabled: false });
    assert.deepEqual(told(await set.apply()), [
      `lifecycle of ${STREAM}: updated; enabled: false → true`,
    ]);
    await set.sink.indices.deleteDataLifecycle({ name: STREAM });
    assert.deepEqual(told(await set.apply()), [
      `lifecycle of ${STREAM}: updated; enabled: false → true; data_retention: not set → 9d`,
    ]);
    assert.deepEqual(odd(await writingNothing(set)), []);
  });

  test('an error of the lifecycle is named by its type', async () => {
    const { data_streams: found } = await set.sink.indices.getDataStream({ name: STREAM });
    const index = found[0]?.indices[0]?.index_name ?? '';
    const error = { index, type: 'snapshot_in_progress_exception', reason: 'a secret' };
    await set.elasticsearch.post('/_sim/lifecycle', error);
    await set.elasticsearch.post('/_sim/clock', { advanceMs: POLL_MS });
    const [text, ...others] = told(await writingNothing(set));
    assert.deepEqual(others, []);
    assert.match(text ?? '', /: blocked; .*-000001: snapshot_in_progress_exception; GET /);
    assert.doesNotMatch(text ?? '', /secret/);
    await set.elasticsearch.post('/_sim/clock', { advanceMs: POLL_MS });
    assert.deepEqual(odd(await writingNothing(set)), []);
  });

  test('a maximum of the project that is shorter is named, and nothing is written', async () => {
    const { data_streams: found } = await set.sink.indices.getDataStream({ name: STREAM });
    const lifecycle = {
      enabled: true,
      data_retention: '9d',
      effective_retention: '5d',
      retention_determined_by: 'max_global_retention',
    };
    // the same answer to each question about the data stream
    const body = { data_streams: [{ ...found[0], lifecycle }], indices: {} };
    const fault = { kind: 'status', status: 200, body };
    await set.elasticsearch.post('/_sim/faults', { on: 'data_stream', times: 100, fault });
    const texts = told(await writingNothing(set));
    await set.elasticsearch.delete('/_sim/faults');
    assert.deepEqual(texts, [
      `lifecycle of ${STREAM}: drift-ignored; documents are kept for 5d only, because the project has this maximum ` +
        '(max_global_retention), and ES_ILM_DELETE is 9d: raise the maximum, or set ES_ILM_DELETE to 5d',
    ]);
  });

  test('a changed ES_ILM_DELETE reaches the data stream that exists', async () => {
    const other = await stage({ records: 1 }, { ES_URL: set.env['ES_URL'], ES_ILM_DELETE: '3d' });
    try {
      const texts = told(await other.apply());
      assert.deepEqual(texts, [`lifecycle of ${STREAM}: updated; data_retention: 9d → 3d`]);
    } finally {
      await other.close();
      await set.apply();
    }
  });
});

describe('a changed ES_ILM_DELETE', () => {
  for (const [days, isKept] of [
    ['2d', false],
    ['20d', true],
  ] as const) {
    test(`of ${days} reaches backing indices that have rolled over under 7d`, async () => {
      const set = await stage({ records: 1 });
      const other = await stage({ records: 1 }, { ES_URL: set.env['ES_URL'], ES_ILM_DELETE: days });
      try {
        await set.apply();
        await write(set.sink);
        const [first] = await indices(set.sink);
        await set.sink.indices.rollover({ alias: STREAM });
        await set.elasticsearch.post('/_sim/clock', { advanceMs: POLL_MS });
        const { indices: explained } = await set.sink.ilm.explainLifecycle({ index: STREAM });
        assert.partialDeepStrictEqual(explained[first ?? ''], { phase: 'hot', step: 'complete' });
        await other.apply();
        await set.elasticsearch.post('/_sim/clock', { advanceMs: (isKept ? 8 : 3) * DAY_MS });
        assert.equal((await indices(set.sink)).includes(first ?? ''), isKept);
      } finally {
        await other.close();
        await set.close();
      }
    });
  }
});

describe('what is set for a data stream alone, on 9.4', () => {
  let set: Stage;
  before(async () => {
    set = await stage({ records: 1 }, {}, { version: '9.4.0' });
    await set.apply();
  });
  after(() => set.close());

  const put = async (part: string, body: object) =>
    set.sink.transport.request({ method: 'PUT', path: `/_data_stream/${STREAM}/${part}`, body });

  test('is left to the operator, named, and followed by the write index', async () => {
    await put('_settings', { index: { mode: 'logsdb' } });
    const [text, ...others] = told(await set.apply());
    assert.deepEqual(others, []);
    assert.match(
      text ?? '',
      /^data stream \S+: drift-ignored; index\.mode: standard → logsdb; it is rolled over; GET _data_stream/,
    );
    await write(set.sink);
    const [named, ...more] = told(await writingNothing(set));
    assert.deepEqual(more, []);
    assert.match(
      named ?? '',
      /: drift-ignored; GET \S+ shows settings or mappings of this stream alone: index\.mode/,
    );
    await put('_settings', { index: { mode: null } });
    await set.apply();
  });

  test('a failure store that has taken documents is told', async () => {
    const { data_streams: found } = await set.sink.indices.getDataStream({ name: STREAM });
    const failure_store = { enabled: true, indices: [{ index_name: '.fs-1', index_uuid: '1' }] };
    const body = { data_streams: [{ ...found[0], failure_store }] };
    const fault = { kind: 'status', status: 200, body };
    await set.elasticsearch.post('/_sim/faults', { on: 'data_stream', times: 100, fault });
    const [text, ...others] = told(await writingNothing(set));
    await set.elasticsearch.delete('/_sim/faults');
    assert.deepEqual(others, []);
    assert.match(text ?? '', /: ok; its failure store has taken documents: `tcsync rejects list`/);
  });

  test('is blocked if the program does not work with it', async () => {
    await put('_mappings', {
      properties: { event: { properties: { ingested: { type: 'keyword' } } } },
    });
    const text = told(await writingNothing(set)).find((one) => one.startsWith('data stream'));
    assert.match(
      text ?? '',
      /: blocked; .*override what the program needs: event\.ingested is keyword instead of date; remove/,
    );
  });
});

type Counters = { requests: Record<string, number>; writes: string[] };

function counters({ elasticsearch }: Stage): Promise<Counters> {
  return elasticsearch.get<Counters>('/_sim/counters');
}

async function indices(sink: Client): Promise<string[]> {
  const { data_streams: found } = await sink.indices.getDataStream({ name: STREAM });
  return found[0]?.indices.map(({ index_name: name }) => name) ?? [];
}

async function write(sink: Client): Promise<void> {
  const document = { '@timestamp': '2026-01-01T00:00:00Z' };
  await sink.create({ index: STREAM, id: '1', document });
}
