import type { Client } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { stage, type Stage } from '../../stage.ts';
import { told, writingNothing } from './drifts.ts';

const TEMPLATE = 'tcsync-ti_threatconnect.indicator';
const CUSTOM = `${TEMPLATE}@custom`;
const STREAM = 'logs-ti_threatconnect.indicator-default';
const PIPELINE = 'tcsync-ti_threatconnect-ingested';
const DAY_MS = 86_400_000;
const POLL_MS = 600_000;

/** What a person has done, and what the next reconciliations say: one text per asset that is not as it should be. */
type Drift = {
  what: string;
  act: (set: Stage) => Promise<unknown>;
  /** Texts of the first reconciliation. */
  says: readonly RegExp[];
  /** Texts of a second one, which writes nothing; none if everything is as it should be. */
  stays?: readonly RegExp[];
};

const REPAIRED: readonly Drift[] = [
  {
    what: 'a field that the write index lacks',
    act: ({ sink }) => custom(sink, {}, { own_field: { type: 'keyword' } }),
    says: [/^data stream \S+: updated; own_field: not mapped → keyword$/],
  },
  {
    what: 'a limit of a keyword in the write index',
    act: async ({ sink }) => {
      const properties = { event: { properties: { id: { type: 'keyword', ignore_above: 7 } } } };
      await sink.indices.putMapping({ index: STREAM, properties } as never);
    },
    says: [/^data stream \S+: updated; event\.id: ignore_above 7 → ignore_above 1024$/],
  },
  {
    what: 'dynamic settings of the write index',
    act: async ({ sink }) =>
      sink.indices.putSettings({
        index: await writeIndex(sink),
        settings: {
          'index.default_pipeline': 'logs@default-pipeline',
          'index.final_pipeline': '_none',
          'index.mapping.total_fields.limit': 3_000,
        },
      }),
    says: [
      new RegExp(
        `^data stream \\S+: updated(?=.*; index.default_pipeline: logs@default-pipeline → _none)` +
          `(?=.*; index.final_pipeline: _none → ${PIPELINE})(?=.*; index.mapping.total_fields.limit: 3000 → 2000)`,
      ),
    ],
  },
  {
    what: 'the policy that was taken off all backing indices',
    act: async ({ sink }) => {
      await sink.indices.rollover({ alias: STREAM });
      await sink.ilm.removePolicy({ index: STREAM });
    },
    says: [
      /^policies of \S.*: repaired; \.ds-\S+-000001: policy not set → tcsync-\S+; \.ds-\S+-000002: policy not set/,
    ],
  },
  {
    what: 'a lifecycle name that was set to null',
    act: async ({ sink }) =>
      sink.indices.putSettings({
        index: await writeIndex(sink),
        settings: { 'index.lifecycle.name': null },
      }),
    says: [/^policies of \S.*: repaired; \.ds-\S+: policy not set → tcsync-/],
  },
  {
    what: 'another policy of a backing index',
    act: async ({ sink }) =>
      sink.indices.putSettings({
        index: await writeIndex(sink),
        settings: { 'index.lifecycle.name': 'logs' },
      }),
    says: [/^policies of \S.*: repaired; \.ds-\S+: policy logs → tcsync-/],
  },
  {
    what: 'a step of ILM that has failed',
    act: (set) => failStep(set, 1),
    says: [
      /^ILM steps of \S+: repaired; \.ds-\S+: step check-rollover-ready failed \(security_exception\), is tried again$/,
    ],
  },
];

const ROLLED: readonly Drift[] = [
  {
    what: 'another type of a field',
    act: async (set) => {
      await custom(set.sink, {}, { own_field: { type: 'keyword' } });
      await set.apply();
      await custom(set.sink, {}, { own_field: { type: 'long' } });
    },
    says: [
      /^data stream \S+: updated; own_field: keyword → long; it is rolled over; the next document gets a new backing index, made from/,
    ],
    stays: [/^data stream \S+: ok; the next document gets a new backing index, made from/],
  },
  {
    what: 'a parameter of a field that no request can change',
    act: async (set) => {
      await custom(set.sink, {}, { own_field: { type: 'keyword' } });
      await set.apply();
      await custom(set.sink, {}, { own_field: { type: 'keyword', doc_values: false } });
    },
    says: [
      /^data stream \S+: updated; own_field: doc_values not set → doc_values false; the next document/,
    ],
    stays: [/^data stream \S+: ok; the next document gets/],
  },
  {
    what: 'a static setting',
    act: ({ sink }) => custom(sink, { 'index.mode': 'logsdb' }),
    says: [
      /^effective template of \S+: drift-ignored; .*your own \(\S+@custom\) overrides index\.mode: logsdb → standard$/,
      /^data stream \S+: updated; index\.mode: standard → logsdb; it is rolled over; the next/,
    ],
    stays: [/^effective template/, /^data stream \S+: ok; the next document gets/],
  },
  {
    what: 'a static setting, on a server without lazy rollovers',
    act: async ({ sink, elasticsearch }) => {
      await custom(sink, { 'index.mode': 'logsdb' });
      await elasticsearch.post('/_sim/faults', {
        on: 'rollover',
        fault: { kind: 'status', status: 400 },
      });
    },
    says: [/^effective template of/, /^data stream \S+: updated; .* it is rolled over$/],
    stays: [/^effective template/],
  },
];

/** What a person has to correct. The second reconciliation says the same and writes nothing, also the first one. */
const NAMED: readonly Drift[] = [
  {
    what: 'ILM that was stopped',
    act: ({ sink }) => sink.ilm.stop(),
    says: [/^ILM of the cluster: blocked; it is STOPPED, .*POST _ilm\/start starts it again$/],
  },
  {
    what: 'a rollover that does not come',
    act: async (set) => {
      await write(set.sink, 'old');
      await set.sink.ilm.stop();
      await set.elasticsearch.post('/_sim/clock', { advanceMs: 3 * DAY_MS });
    },
    says: [
      /^ILM of the cluster: blocked/,
      /^rollover of \S+: blocked; its write index \.ds-\S+ is 3d old and has 0 GB a shard, but ILM has not rolled it over after 1d or 50 GB/,
    ],
  },
  {
    what: 'a write index that is too large',
    act: async ({ sink, elasticsearch }) => {
      const indices = {
        [await writeIndex(sink)]: {
          primaries: { docs: { count: 9 }, store: { size_in_bytes: 80 * 2 ** 30 } },
        },
      };
      const fault = { kind: 'status', status: 200, body: { indices } };
      await elasticsearch.post('/_sim/faults', { on: 'stats', times: 2, fault });
    },
    says: [/^rollover of \S+: blocked; its write index \.ds-\S+ is \S+ old and has 80 GB a shard/],
  },
  {
    what: 'a field with another type in a component template of the operator',
    act: async (set) => {
      await custom(
        set.sink,
        {},
        { threat: { properties: { feed: { properties: { name: { type: 'keyword' } } } } } },
      );
      await set.apply();
    },
    says: [
      /^effective template .*: drift-ignored; .* overrides threat\.feed\.name: keyword → constant_keyword$/,
      /^data stream \S+: ok; the next document/,
    ],
  },
  {
    what: 'a block on writing',
    act: async ({ sink }) =>
      sink.indices.putSettings({
        index: await writeIndex(sink),
        settings: { 'index.blocks.write': true },
      }),
    says: [/^data stream \S+: blocked; somebody has set index\.blocks\.write/],
  },
  {
    what: 'the data stream lifecycle instead of ILM',
    act: async ({ sink }) => {
      await custom(sink, { 'index.lifecycle.prefer_ilm': false });
      await sink.indices.putDataLifecycle({ name: STREAM, data_retention: '99d' });
    },
    says: [
      /^policies of \S.*: drift-ignored; “Data stream lifecycle” manages the data stream instead of ILM/,
    ],
  },
  {
    what: 'another policy in a component template of the operator',
    act: ({ sink }) => custom(sink, { 'index.lifecycle.name': 'logs' }),
    says: [
      /^effective template .*: drift-ignored; .* overrides index\.lifecycle\.name: logs → tcsync-/,
    ],
  },
  {
    what: 'no policy in a component template of the operator',
    act: ({ sink }) => custom(sink, { 'index.lifecycle.name': null }),
    says: [
      /^effective template .*: drift-ignored; .* overrides index\.lifecycle\.name: not set → tcsync-/,
      /^policies of \S.*: drift-ignored; no policy manages the next backing index/,
    ],
  },
  {
    what: 'a template of higher priority that says otherwise',
    act: ({ sink }) =>
      sink.indices.putIndexTemplate({
        name: 'mine',
        index_patterns: ['logs-ti_*'],
        priority: 500,
        data_stream: {},
      }),
    says: [
      /^effective template of logs-ti_threatconnect\.indicator-default: blocked; index template mine \(priority 500\) wins over tcsync-ti_threatconnect\.indicator \(180\) and says otherwise: .* and \d+ more; give it a priority below 180/,
      /^effective template of logs-ti_threatconnect_latest\.\S+: blocked; index template mine \(priority 500\) wins over tcsync-ti_threatconnect_latest \(240\)/,
    ],
  },
  {
    what: 'a template of higher priority that says the same',
    act: async ({ sink }) => {
      const { index_templates: all } = await sink.indices.getIndexTemplate({ name: TEMPLATE });
      const same = { ...all[0]?.index_template, priority: 300, _meta: {} };
      await sink.indices.putIndexTemplate({ name: 'mine', ...same });
    },
    says: [
      /^effective template of \S+: foreign; index template mine \(priority 300\) wins .* and says the same/,
    ],
  },
  {
    what: 'another final pipeline in a component template of the operator',
    act: ({ sink }) => custom(sink, { 'index.final_pipeline': '_none' }),
    says: [
      new RegExp(
        `^effective template of \\S+: blocked; .* overrides what the program needs: index.final_pipeline is _none instead of ${PIPELINE}; take that out`,
      ),
    ],
  },
  {
    what: 'another type of a field that the transform needs',
    act: ({ sink }) =>
      custom(sink, {}, { event: { properties: { ingested: { type: 'keyword' } } } }),
    says: [/^effective template of \S+: blocked; .* event\.ingested is keyword instead of date/],
  },
];

describe('a data stream and its lifecycle that were changed by hand', () => {
  let set: Stage;
  beforeEach(async () => {
    set = await stage({ records: 1 });
    await set.apply();
    // a data stream without documents has no rollover
    await write(set.sink, 'first');
  });
  afterEach(() => set.close());

  for (const { what, act, says } of REPAIRED) {
    test(`${what}: one reconciliation corrects it, a second one writes nothing`, async () => {
      await act(set);
      agree(told(await set.apply()), says);
      agree(told(await writingNothing(set)), []);
    });
  }

  for (const { what, act, says, stays = [] } of ROLLED) {
    test(`${what}: the next document gets a new backing index, and no second one`, async () => {
      await act(set);
      agree(told(await set.apply()), says);
      agree(told(await writingNothing(set)), stays);
      await write(set.sink, 'second');
      assert.equal((await indices(set.sink)).length, 2);
      const rest = stays.filter(({ source }) => !source.startsWith('^data stream'));
      agree(told(await writingNothing(set)), rest);
    });
  }

  for (const { what, act, says } of NAMED) {
    test(`${what} is named, and nothing is written`, async () => {
      await act(set);
      agree(told(await writingNothing(set)), says);
      agree(told(await writingNothing(set)), says);
    });
  }

  test('a step of ILM that fails again is blocked with the type of its error, never its words', async () => {
    await failStep(set, 1_000);
    const [text, ...others] = told(await set.apply());
    assert.deepEqual(others, []);
    assert.match(text ?? '', /^ILM steps of \S+: blocked; .*\(security_exception\); GET /);
    assert.doesNotMatch(text ?? '', /secret/);
  });
});

/** Each text has its expression, and there is none besides. */
function agree(texts: readonly string[], says: readonly RegExp[]): void {
  assert.equal(texts.length, says.length, texts.join('\n'));
  for (const [index, expression] of says.entries()) assert.match(texts[index] ?? '', expression);
}

async function custom(sink: Client, settings: object, properties: object = {}): Promise<void> {
  await sink.cluster.putComponentTemplate({
    name: CUSTOM,
    template: { settings, mappings: { properties } } as never,
  });
}

async function indices(sink: Client): Promise<string[]> {
  const { data_streams: found } = await sink.indices.getDataStream({ name: STREAM });
  return found[0]?.indices.map(({ index_name: name }) => name) ?? [];
}

async function writeIndex(sink: Client): Promise<string> {
  return (await indices(sink)).at(-1) ?? '';
}

async function write(sink: Client, id: string): Promise<void> {
  const document = { '@timestamp': '2026-01-01T00:00:00Z' };
  await sink.create({ index: STREAM, id, document, refresh: true });
}

async function failStep({ sink, elasticsearch }: Stage, times: number): Promise<void> {
  await elasticsearch.post('/_sim/lifecycle', {
    index: await writeIndex(sink),
    type: 'security_exception',
    reason: 'a secret of the cluster',
    autoRetryable: false,
    times,
  });
  await elasticsearch.post('/_sim/clock', { advanceMs: POLL_MS });
}
