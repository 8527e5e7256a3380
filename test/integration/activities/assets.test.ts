import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import { lackedCapabilities } from '../../contract/capabilities.ts';
import { stage, type Stage } from '../../stage.ts';
import {
  at,
  useElasticsearch,
} from '../../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';

const TRANSFORM = 'tcsync-ti_threatconnect-latest-v1';
const LATEST_INDEX = 'logs-ti_threatconnect_latest.dest_indicator-101';
const LATEST_ALIAS = 'logs-ti_threatconnect_latest.indicator';
const FLEET_TEMPLATE = '/_index_template/logs-ti_threatconnect.indicator';

/** The path that deletes a created asset, by the kind at the beginning of its name. */
const ADDRESSES: readonly (readonly [kind: string, path: string])[] = [
  ['ingest pipeline ', '/_ingest/pipeline/'],
  ['ILM policy ', '/_ilm/policy/'],
  ['component template ', '/_component_template/'],
  ['index template ', '/_index_template/'],
  ['data stream ', '/_data_stream/'],
  ['index ', '/'],
  ['transform ', '/_transform/'],
];

// outside of the suite, because the clean-up of the suite runs first
const server = useElasticsearch();

describe('the assets of the stand-in, or of the server at ES_URL', () => {
  const namespace = server.name('').slice(0, -1);
  const stream = `logs-ti_threatconnect.indicator-${namespace}`;
  const created: string[] = [];
  let set: Stage;

  async function staged(env: NodeJS.ProcessEnv = {}): Promise<Stage> {
    return stage({ records: 1 }, { ES_URL: server.url(), TCSYNC_NAMESPACE: namespace, ...env });
  }

  async function apply(on: Stage, dryRun = false): Promise<AssetReport[]> {
    const report = await on.apply(dryRun);
    created.push(...named(report, 'created'));
    return report;
  }

  before(async () => {
    set = await staged();
  });

  // assets that existed before stay
  after(async () => {
    try {
      for (const name of created.toReversed()) {
        const [kind, path] = ADDRESSES.find(([kind]) => name.startsWith(kind)) ?? ['', ''];
        const id = name.slice(kind.length);
        if (id === TRANSFORM) {
          await server.ask('POST', `/_transform/${id}/_stop?force=true&wait_for_completion=true`);
        }
        const { status } = await server.ask('DELETE', path + id);
        assert.equal(status, 200, `DELETE ${path}${id}`);
        if (id === TRANSFORM) await server.ask('DELETE', `/${LATEST_INDEX}`);
      }
    } finally {
      await set.close();
    }
  });

  test('a dry run reports the missing assets and creates none', async () => {
    const first = await apply(set, true);
    assert.ok(named(first, 'missing').includes(`data stream ${stream}`));
    assert.deepEqual(await apply(set, true), first);
  });

  test('two installers at once create what was missing, and neither fails', async () => {
    const missing = named(await apply(set, true), 'missing');
    const reports = await Promise.all([apply(set), set.apply()]);
    for (const report of reports) {
      assert.deepEqual(named(report, 'blocked'), []);
      const changed = [...named(report, 'created'), ...named(report, 'repaired')];
      assert.deepEqual(
        changed.filter((name) => !missing.includes(name)),
        [],
      );
    }
    const all = new Set(reports.flatMap((report) => named(report, 'created')));
    created.splice(0, created.length, ...missing);
    assert.deepEqual([...all].toSorted(), missing.toSorted());
  });

  test('a second pass finds nothing to change', async () => {
    const report = await apply(set);
    assert.ok(report.length > 10);
    // a server that returns other types than those of the templates differs from them
    const mayDiffer = lackedCapabilities().includes('wildcard-type') ? 'drift-ignored' : 'ok';
    assert.deepEqual(
      report.filter(({ asset, state, detail }) =>
        asset.startsWith('effective template') && state === mayDiffer
          ? state === 'ok' && detail !== null
          : state !== 'ok' || detail !== null,
      ),
      [],
    );
  });

  test('the data stream has our template, our policy and no default pipeline', async () => {
    const { body } = await server.ask('GET', `/_data_stream/${stream}`);
    assert.equal(at(body, 'data_streams.0.template'), 'tcsync-ti_threatconnect.indicator');
    assert.equal(at(body, 'data_streams.0.ilm_policy'), 'tcsync-ti_threatconnect.indicator');
    const index = at(body, 'data_streams.0.indices.0.index_name') as string;
    const settings = (await server.ask('GET', `/${index}/_settings`)).body as object;
    const [own] = Object.values(settings) as unknown[];
    assert.equal(at(own, 'settings.index.default_pipeline'), '_none');
    assert.equal(at(own, 'settings.index.final_pipeline'), 'tcsync-ti_threatconnect-ingested');
    assert.equal(at(own, 'settings.index.mapping.total_fields.limit'), '2000');
  });

  test('the state index follows its template and is hidden', async () => {
    const index = `tcsync-state-${namespace}`;
    const { body } = await server.ask('GET', `/${index}`);
    const state = (body as Record<string, unknown>)[index];
    assert.equal(at(state, 'settings.index.hidden'), 'true');
    assert.equal(String(at(state, 'mappings.dynamic')), 'false');
    assert.equal(at(state, 'mappings._meta.managed_by'), 'tcsync');
  });

  for (const [kind, retention] of [
    ['reject', '30d'],
    ['run', '400d'],
  ] as const) {
    test(`the first ${kind} creates a data stream by its own template, with a retention of ${retention}`, async () => {
      const target = `logs-tcsync.${kind}-${namespace}`;
      try {
        const written = await server.ask('POST', `/${target}/_create/1?require_data_stream=true`, {
          '@timestamp': '2026-01-01T00:00:00Z',
          tcsync: { run: { counts: { read: 1 } }, reject: { last_modified: 'never' } },
        });
        assert.equal(written.status, 201, written.text);
        const { body } = await server.ask('GET', `/_data_stream/${target}`);
        assert.equal(at(body, 'data_streams.0.template'), `tcsync-${kind}`);
        const { body: template } = await server.ask('GET', `/_index_template/tcsync-${kind}`);
        const path = 'index_templates.0.index_template.template.lifecycle.data_retention';
        assert.equal(at(template, path), retention);
      } finally {
        await server.ask('DELETE', `/_data_stream/${target}`);
      }
    });
  }

  test('the transform runs, and the alias points to one index', async () => {
    const { body } = await server.ask('GET', `/_transform/${TRANSFORM}/_stats`);
    assert.match(String(at(body, 'transforms.0.state')), /^(?:started|indexing)$/);
    const alias = await server.ask('GET', `/_alias/${LATEST_ALIAS}`);
    assert.deepEqual(Object.keys(alias.body as object), [LATEST_INDEX]);
  });

  test('the latest index accepts every document of the data stream, in any order', async () => {
    for (const [id, indicator] of [
      ['text', { confidence: 'high', lastModified: '2026', brandNew: 'a text' }],
      ['object', { confidence: 50, lastModified: 'never', brandNew: { at: 1 } }],
      ['list', { confidence: [1, 'two'], brandNew: [{ at: 'x' }, 7] }],
    ] as const) {
      const path = `/${LATEST_INDEX}/_doc/${namespace}-${id}`;
      const { status, text } = await server.ask('PUT', path, {
        '@timestamp': '2026-01-01T00:00:00Z',
        threat_connect: { indicator: { ...indicator, deleted_at: '2026-01-01T00:00:00Z' } },
      });
      assert.equal(status, 201, text);
      await server.ask('DELETE', path);
    }
  });

  test('a stopped transform is started, and the report says so', async () => {
    await server.ask('POST', `/_transform/${TRANSFORM}/_stop?wait_for_completion=true`);
    const expected = [`transform ${TRANSFORM}`];
    assert.deepEqual(named(await apply(set, true), 'broken'), expected);
    assert.deepEqual(named(await apply(set), 'repaired'), expected);
    assert.deepEqual(named(await apply(set), 'repaired'), []);
  });

  test('a second profile in the same cluster is refused with the reason, and changes nothing', async () => {
    const other = await staged({ TCSYNC_OUTPUT_PROFILE: 'compatible' });
    try {
      const before = await server.ask('GET', `/_transform/${TRANSFORM}`);
      const report = await apply(other);
      assert.deepEqual(named(report, 'blocked'), [`transform ${TRANSFORM}`]);
      const told = report.find(({ asset }) => asset === `transform ${TRANSFORM}`);
      assert.match(told?.detail ?? '', /all need the same TCSYNC_OUTPUT_PROFILE/);
      assert.deepEqual((await server.ask('GET', `/_transform/${TRANSFORM}`)).body, before.body);
    } finally {
      await other.close();
    }
  });

  test('a second namespace adds only its own data stream and state', async () => {
    const second = await staged({ TCSYNC_NAMESPACE: `${namespace}_2` });
    try {
      const report = await apply(second);
      assert.deepEqual(named(report, 'created'), [
        `index tcsync-state-${namespace}_2`,
        `data stream ${stream}_2`,
      ]);
    } finally {
      await second.close();
    }
  });

  test('if Elastic’s package is installed later, own goes on and says so, and feed-only leaves the indicators’ assets to the package', async () => {
    const { status } = await server.ask('PUT', `${FLEET_TEMPLATE}?create=true`, {
      index_patterns: ['logs-ti_threatconnect.indicator-*'],
      priority: 200,
      data_stream: {},
      _meta: { managed_by: 'fleet', managed: true, package: { name: 'ti_threatconnect' } },
    });
    assert.equal(status, 200);
    const feedOnly = await staged({ ES_ASSETS: 'feed-only' });
    try {
      const asset = 'assets of the indicators';
      const report = await apply(set);
      assert.ok(named(report, 'foreign').includes(asset));
      assert.ok(named(report, 'ok').includes(`transform ${TRANSFORM}`));
      const left = await apply(feedOnly);
      assert.ok(named(left, 'ok').includes(asset));
      assert.ok(left.every((line) => !line.asset.startsWith('transform ')));
    } finally {
      await feedOnly.close();
      await server.ask('DELETE', FLEET_TEMPLATE);
    }
  });
});

function named(report: readonly AssetReport[], state: AssetReport['state']): string[] {
  return report.filter((line) => line.state === state).map((line) => line.asset);
}
