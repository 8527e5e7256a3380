import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ASSETS } from '../../../../../activities/elasticsearch/assets/all.ts';
import { decideMode } from '../../../../../activities/elasticsearch/assets/mode.ts';
import type { PlanContext } from '../../../../../activities/elasticsearch/assets/asset-context.ts';
import { FIRST_GENERATION } from '../../../../../activities/elasticsearch/assets/latest/generation.ts';
import {
  CONSTANT_FIELDS,
  FIELDS,
  LATEST_CONSTANT_FIELDS,
  LATEST_FIELDS,
} from '../../../../../mapping/field-table.ts';

const STREAM = 'tcsync-ti_threatconnect.indicator';
const LATEST = 'tcsync-ti_threatconnect_latest';
const TRANSFORM = 'transform tcsync-ti_threatconnect-latest-v1';

const CONTEXT: PlanContext = {
  namespace: 'default',
  profile: 'enriched',
  assets: 'own',
  flavour: 'stack',
  transformDelay: '120s',
  transformFrequency: '30s',
  ilmRollover: '1d',
  ilmDelete: '7d',
  keepPreviousMs: 604_800_000,
  latest: FIRST_GENERATION,
  readers: 'own',
  feeds: ['default'],
};

function planned(context: Partial<PlanContext> = {}): Map<string, object | null> {
  const assets = Object.values(ASSETS).flatMap((ofStep) => ofStep({ ...CONTEXT, ...context }));
  return new Map(assets.map(({ name, body }) => [name, body]));
}

/** The value at a path of a body. */
function at(name: string, path: string, context: Partial<PlanContext> = {}): unknown {
  const body = planned(context).get(name);
  assert.ok(body, `no ${name}`);
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], body);
}

function mapped(component: string, field: string): unknown {
  const path = `template.mappings.properties.${field.replaceAll('.', '.properties.')}`;
  return at(`component template ${component}`, path);
}

describe('what is created', () => {
  test('comes after all assets that it needs', () => {
    const names = [...planned().keys()];
    const before = (first: string, second: string) => {
      assert.ok(names.includes(first), first);
      assert.ok(names.indexOf(first) < names.indexOf(second), `${first} before ${second}`);
    };
    for (const part of ['settings', 'mappings']) {
      before(`component template ${STREAM}@${part}`, `index template ${STREAM}`);
      before(`component template ${LATEST}@${part}`, `index template ${LATEST}`);
    }
    const stream = 'data stream logs-ti_threatconnect.indicator-default';
    before('ingest pipeline tcsync-ti_threatconnect-ingested', stream);
    before(`ILM policy ${STREAM}`, stream);
    before(`index template ${STREAM}`, stream);
    before(stream, TRANSFORM);
    before(`index template ${LATEST}`, TRANSFORM);
    before('index template tcsync-state', 'index tcsync-state-default');
  });

  test('names its owner, never Fleet, because Fleet deletes assets that it does not know', () => {
    for (const flavour of ['stack', 'serverless'] as const) {
      for (const [name, body] of planned({ flavour })) {
        if (body === null) continue;
        const meta = name.startsWith('ILM policy') ? at(name, 'policy._meta') : at(name, '_meta');
        assert.partialDeepStrictEqual(meta, { managed_by: 'tcsync', asset_version: 2 }, name);
      }
    }
  });

  test('has names that begin with tcsync, except for the data stream and the latest index of Elastic’s package', () => {
    for (const name of planned().keys()) {
      if (name === 'ILM of the cluster') continue;
      assert.match(
        name,
        / (?:tcsync-\S+|logs-ti_threatconnect(?:\.indicator-default|_latest\.\S+))$/,
      );
    }
  });
});

describe('index templates', () => {
  for (const [name, pattern, priority] of [
    [STREAM, 'logs-ti_threatconnect.indicator-*', 180],
    [LATEST, 'logs-ti_threatconnect_latest.dest_indicator-*', 240],
    ['tcsync-state', 'tcsync-state-*', 180],
    ['tcsync-reject', 'logs-tcsync.reject-*', 180],
    ['tcsync-run', 'logs-tcsync.run-*', 180],
  ] as const) {
    test(`${name} has priority ${priority} for ${pattern}`, () => {
      assert.deepEqual(at(`index template ${name}`, 'index_patterns'), [pattern]);
      assert.equal(at(`index template ${name}`, 'priority'), priority);
    });
  }

  test('only indicators, rejects and runs are data streams', () => {
    const streams = [...planned().keys()]
      .filter((name) => name.startsWith('index template'))
      .filter((name) => at(name, 'data_stream') !== undefined);
    assert.deepEqual(streams.toSorted(), [
      'index template tcsync-reject',
      'index template tcsync-run',
      `index template ${STREAM}`,
    ]);
  });

  test('an operator’s own component template comes last and may be missing', () => {
    for (const name of [STREAM, LATEST]) {
      const parts = at(`index template ${name}`, 'composed_of') as string[];
      const custom = at(`index template ${name}`, 'ignore_missing_component_templates') as string[];
      assert.equal(parts.at(-1), `${name}@custom`);
      assert.deepEqual(parts.slice(-custom.length), custom);
    }
  });

  test('rejects are kept for 30 days and runs for 400, on Serverless too', () => {
    for (const flavour of ['stack', 'serverless'] as const) {
      const path = 'template.lifecycle.data_retention';
      assert.equal(at('index template tcsync-reject', path, { flavour }), '30d');
      assert.equal(at('index template tcsync-run', path, { flavour }), '400d');
    }
  });
});

describe('mappings', () => {
  test('every field that a document may have is mapped, in both indices', () => {
    for (const name of [...Object.keys(FIELDS), ...Object.keys(CONSTANT_FIELDS)]) {
      assert.ok(mapped(`${STREAM}@mappings`, name), name);
    }
    for (const name of [...Object.keys(LATEST_FIELDS), ...Object.keys(LATEST_CONSTANT_FIELDS)]) {
      assert.ok(mapped(`${LATEST}@mappings`, name), name);
    }
  });

  test('the stream refuses a value that contradicts its type, the latest index never does', () => {
    const field = 'threat_connect.indicator.confidence';
    assert.deepEqual(mapped(`${STREAM}@mappings`, field), {
      type: 'long',
      ignore_malformed: false,
    });
    assert.deepEqual(mapped(`${LATEST}@mappings`, field), { type: 'long' });
    const settings = `component template ${LATEST}@settings`;
    assert.equal(at(settings, 'template.settings.index.mapping.ignore_malformed'), true);
    const limits = at(settings, 'template.settings.index.mapping.total_fields');
    assert.deepEqual(limits, { limit: 2_000, ignore_dynamic_beyond_limit: true });
    assert.equal(
      at(`component template ${LATEST}@mappings`, 'template.mappings.dynamic'),
      'runtime',
    );
  });

  test('one latest index serves several namespaces, and ids can be compared as numbers', () => {
    const component = `${LATEST}@mappings`;
    assert.deepEqual(mapped(component, 'data_stream.namespace'), {
      type: 'keyword',
      ignore_above: 1024,
    });
    assert.deepEqual(mapped(component, 'threat_connect.indicator.id'), {
      type: 'keyword',
      ignore_above: 1024,
      fields: { number: { type: 'long', ignore_malformed: true } },
    });
  });

  test('the latest index does not have the label by which rules exclude the data stream', () => {
    assert.ok(mapped(`${STREAM}@mappings`, 'labels.is_ioc_transform_source'));
    assert.equal(mapped(`${LATEST}@mappings`, 'labels.is_ioc_transform_source'), undefined);
  });
});

describe('settings', () => {
  const stream = (flavour: PlanContext['flavour']) =>
    at(`component template ${STREAM}@settings`, 'template', { flavour });

  test('the stream rolls over and is deleted by its own policy', () => {
    assert.deepEqual(stream('stack'), {
      settings: {
        index: {
          default_pipeline: '_none',
          final_pipeline: 'tcsync-ti_threatconnect-ingested',
          mode: 'standard',
          mapping: { total_fields: { limit: 2_000 } },
          lifecycle: { name: STREAM },
        },
      },
    });
    const context = { ilmRollover: '6h', ilmDelete: '9d' };
    assert.deepEqual(at(`ILM policy ${STREAM}`, 'policy.phases', context), {
      hot: {
        min_age: '0ms',
        actions: {
          rollover: { max_age: '6h', max_primary_shard_size: '50gb' },
          set_priority: { priority: 100 },
        },
      },
      delete: { min_age: '9d', actions: { delete: { delete_searchable_snapshot: true } } },
    });
  });

  test('on Serverless there is a retention, and no policy and no setting of nodes', () => {
    const assets = planned({ flavour: 'serverless' });
    assert.deepEqual(
      [...assets.keys()].filter((name) => name.startsWith('ILM')),
      [],
    );
    const settings = [...assets].flatMap(([name, body]) =>
      body === null ? [] : [[name, at(name, 'template.settings.index', { flavour: 'serverless' })]],
    );
    for (const [name, index] of settings) {
      for (const key of ['lifecycle', 'number_of_shards', 'auto_expand_replicas']) {
        assert.ok(!Object.keys(index ?? {}).includes(key), `${String(name)} ${key}`);
      }
    }
    const { lifecycle } = stream('serverless') as { lifecycle: unknown };
    assert.deepEqual(lifecycle, { enabled: true });
  });

  test('the state index is hidden', () => {
    for (const flavour of ['stack', 'serverless'] as const) {
      const path = 'template.settings.index.hidden';
      assert.equal(at('index template tcsync-state', path, { flavour }), true);
    }
  });
});

describe('the transform', () => {
  test('keeps the newest version of each indicator of each namespace', () => {
    assert.deepEqual(at(TRANSFORM, 'latest'), {
      unique_key: ['data_stream.namespace', 'event.dataset', 'threat_connect.indicator.id'],
      sort: 'event.created',
    });
  });

  test('with the profile compatible keeps the same documents as Elastic’s own transform', () => {
    const profile = 'compatible';
    assert.deepEqual(at(TRANSFORM, 'latest', { profile }), {
      unique_key: ['event.dataset', 'event.id'],
      sort: '@timestamp',
    });
    assert.deepEqual(at(TRANSFORM, 'source.query.bool.filter', { profile }), [
      { exists: { field: 'event.id' } },
      { exists: { field: 'event.ingested' } },
    ]);
  });

  test('writes to the index that rules and dashboards read, and follows the settings', () => {
    const context = { transformDelay: '5s', transformFrequency: '1s' };
    assert.deepEqual(at(TRANSFORM, 'dest', context), {
      index: 'logs-ti_threatconnect_latest.dest_indicator-101',
      aliases: [{ alias: 'logs-ti_threatconnect_latest.indicator', move_on_creation: true }],
    });
    assert.equal(at(TRANSFORM, 'frequency', context), '1s');
    assert.deepEqual(at(TRANSFORM, 'sync', context), {
      time: { field: 'event.ingested', delay: '5s' },
    });
    assert.deepEqual(at(TRANSFORM, 'settings'), { num_failure_retries: -1 });
    assert.deepEqual(at(TRANSFORM, 'retention_policy'), {
      time: { field: 'threat_connect.indicator.deleted_at', max_age: '1m' },
    });
  });
});

describe('beside Elastic’s own package', () => {
  const FLEET = { transforms: [], newest: null };
  const BUSY = { agentDocuments: 7 };
  const CUSTOM = { fleet: FLEET, customPipelines: ['ti_threatconnect@custom'] };
  for (const [what, assets, facts, kind, state, word] of [
    ['own with it', 'own', { fleet: FLEET }, 'left', 'blocked', /ES_ASSETS=feed-only/],
    [
      'own, and it was installed later',
      'own',
      { fleet: FLEET, isApplied: true },
      'own',
      'foreign',
      /was installed later/,
    ],
    ['feed-only with it', 'feed-only', { fleet: FLEET }, 'feed-only', 'ok', /left to Elastic’s/],
    ['feed-only without it', 'feed-only', {}, 'left', 'blocked', /not installed/],
    [
      'takeover while an agent writes',
      'takeover',
      { fleet: FLEET, ...BUSY },
      'left',
      'blocked',
      /an agent .* still writes \(7 documents in the last hour\): remove the integration/,
    ],
    [
      'takeover, and an agent writes again',
      'takeover',
      { fleet: FLEET, ...BUSY, isApplied: true },
      'takeover',
      'blocked',
      /still writes/,
    ],
    [
      'feed-only while another namespace has taken over',
      'feed-only',
      { fleet: FLEET, setBy: { namespace: 'other', settings: { ES_ASSETS: 'takeover' } } },
      'left',
      'blocked',
      /^namespace other has set ES_ASSETS=takeover \(here feed-only, without effect\) .* nothing is changed$/,
    ],
    [
      'feed-only beside a namespace with own',
      'feed-only',
      { fleet: FLEET, setBy: { namespace: 'other', settings: { ES_ASSETS: 'own' } } },
      'feed-only',
      'ok',
      /left to Elastic’s/,
    ],
    [
      'takeover with a pipeline of the operator',
      'takeover',
      CUSTOM,
      'takeover',
      'drift-ignored',
      /ti_threatconnect@custom.*ES_PIPELINE/,
    ],
  ] as const) {
    test(`${what} says what it does`, () => {
      const mode = decideMode({ ...CONTEXT, assets }, { ...NOTHING, ...facts });
      assert.equal(mode.kind, kind);
      assert.equal(mode.report?.state, state);
      assert.match(mode.report.detail ?? '', word);
    });
  }

  for (const [what, assets, facts] of [
    ['own without it', 'own', {}],
    ['takeover without it', 'takeover', {}],
    ['takeover with it', 'takeover', { fleet: FLEET }],
  ] as const) {
    test(`${what} has nothing to tell`, () => {
      const mode = decideMode({ ...CONTEXT, assets }, { ...NOTHING, ...facts });
      assert.deepEqual(mode, { kind: 'fleet' in facts ? 'takeover' : 'own', report: null });
    });
  }
});

const NOTHING = {
  fleet: null,
  isApplied: false,
  customPipelines: [],
  agentDocuments: 0,
  setBy: null,
};
