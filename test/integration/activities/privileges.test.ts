import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createSink } from '../../../activities/elasticsearch/client.ts';
import {
  needs,
  neededPrivileges,
  type Holder,
  type Need,
  type PrivilegeContext,
  type Privileges,
} from '../../../activities/elasticsearch/privileges.ts';
import { Checklist } from '../../../client/check/checklist.ts';
import { checkPrivileges } from '../../../client/check/check-privileges.ts';
import type { AssetReport } from '../../../contracts/reconcile-assets-input.ts';
import {
  startElasticsearch,
  type RunningElasticsearch,
} from '../../../stand-ins/elasticsearch/server.ts';
import { stage, type Stage } from '../../stage.ts';
import { wholeFeed } from './page-input.ts';

const ADMIN = Buffer.from('admin:all').toString('base64');
const OWN: PrivilegeContext = { namespace: 'default', assets: 'own', flavour: 'stack' };

const STATE = 'index tcsync-state-default';
const STREAM = 'data stream logs-ti_threatconnect.indicator-default';
const DOCUMENTS = 'documents of logs-ti_threatconnect.indicator-default';
const TRANSFORM = 'transform tcsync-ti_threatconnect-latest-v1';

/** The assets that cannot be reconciled without a privilege, on an empty cluster. `templates`: all templates. */
const BLOCKED: Readonly<Record<string, readonly string[]>> = {
  'cluster: manage_index_templates': ['templates', STATE, STREAM, TRANSFORM],
  'cluster: manage_ingest_pipelines': ['ingest pipeline tcsync-ti_threatconnect-ingested'],
  'cluster: manage_ilm': [
    'ILM policy tcsync-ti_threatconnect.indicator',
    'ILM of the cluster',
    // its policy is missing
    'ILM steps of logs-ti_threatconnect.indicator-default',
  ],
  'cluster: manage_transform': [TRANSFORM],
  // only a replacement needs it
  'cluster: monitor': [],
  'tcsync-state-default: create_index': [STATE],
  'tcsync-state-default: view_index_metadata': [STATE],
  'logs-ti_threatconnect.indicator-*: manage': [STREAM],
  'logs-ti_threatconnect.indicator-*: read': [DOCUMENTS, TRANSFORM],
  // there are no documents without a stamp
  'logs-ti_threatconnect.indicator-*: index': [],
  'logs-ti_threatconnect.indicator-*: view_index_metadata': [TRANSFORM],
  'latest: read': [TRANSFORM],
  'latest: index': [TRANSFORM],
  'latest: delete': [TRANSFORM],
  'latest: manage': [
    'assets of the step latest',
    'assets of the step transform',
    'assets of the step superseded',
  ],
};

/** A cluster with security, and an installer and an ingester on it. */
class Secured {
  readonly #server: RunningElasticsearch;

  private constructor(server: RunningElasticsearch) {
    this.#server = server;
  }

  static async start(): Promise<Secured> {
    return new Secured(await startElasticsearch({ credentials: { apiKey: ADMIN } }));
  }

  get url(): string {
    return this.#server.url;
  }

  async newKey(privileges: Privileges): Promise<{ id: string; encoded: string }> {
    const admin = this.#client(ADMIN);
    const made = await admin.security.createApiKey({
      name: 'tcsync',
      role_descriptors: { tcsync: privileges },
    });
    await admin.close();
    return made;
  }

  /** The activities of a worker with these keys. */
  async stage(ingester: Privileges, installer: Privileges, env: NodeJS.ProcessEnv = {}) {
    return stage(
      { records: 40 },
      {
        ES_URL: this.url,
        ES_API_KEY: (await this.newKey(ingester)).encoded,
        ES_INSTALLER_API_KEY: (await this.newKey(installer)).encoded,
        ...env,
      },
    );
  }

  async refresh(): Promise<void> {
    const admin = this.#client(ADMIN);
    await admin.indices.refresh();
    await admin.close();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #client(encoded: string) {
    const auth = { kind: 'apiKey', apiKey: { reveal: () => encoded } } as const;
    return createSink({ url: this.url, cloudId: null, ca: null, caFingerprint: null, auth });
  }
}

describe('an installer that lacks one privilege', () => {
  for (const need of needs('installer', OWN)) {
    const named = nameOf(need);
    test(`${named}: check names it, and apply reports only the assets that need it`, async (context) => {
      const cluster = await Secured.start();
      context.after(() => cluster.close());
      const set = await cluster.stage(
        neededPrivileges('ingester', OWN),
        without(neededPrivileges('installer', OWN), need),
      );
      context.after(() => set.close());
      const { state, detail, remedy } = await checked(set, 'installer');
      assert.equal(state, 'failed');
      const [on = ''] = need.on ?? [];
      const said =
        need.on === null ? `cluster: ${need.privilege}` : `index ${on}: ${need.privilege}`;
      assert.ok(detail.includes(said), detail);
      assert.match(remedy ?? '', /ES_INSTALLER_API_KEY[^]*POST _security\/api_key/);
      assert.equal((await checked(set, 'ingester')).state, 'ok');

      const reports = await set.apply();
      const blocked = reports.filter(({ state: each }) => each !== 'created' && each !== 'ok');
      const expected = BLOCKED[named];
      assert.ok(expected !== undefined);
      assert.deepEqual([...new Set(blocked.map(({ asset }) => kindOf(asset)))], [...expected]);
      for (const { asset, state: each, detail: why } of blocked) {
        assert.equal(each, 'blocked');
        assert.match(
          why ?? '',
          new RegExp(`${need.privilege}|needs the index template|policy .* cannot be carried out`),
          asset,
        );
      }
    });
  }
});

for (const context of [OWN, { ...OWN, assets: 'feed-only' }] satisfies PrivilegeContext[]) {
  describe(`with exactly the privileges of ES_ASSETS=${context.assets}`, () => {
    let cluster: Secured;
    let set: Stage;
    before(async () => {
      cluster = await Secured.start();
      set = await cluster.stage(
        neededPrivileges('ingester', context),
        neededPrivileges('installer', context),
        { ES_ASSETS: context.assets },
      );
    });
    after(async () => {
      await set.close();
      await cluster.close();
    });

    test('check is content with each key', async () => {
      for (const holder of ['installer', 'ingester'] as const)
        assert.equal((await checked(set, holder)).state, 'ok');
    });

    test('apply creates everything, and finds nothing to do the second time', async () => {
      const isFine = ({ state, asset }: AssetReport) =>
        state === 'created' || state === 'ok' || asset === 'assets of the indicators';
      assert.deepEqual(
        (await set.apply()).filter((report) => !isFine(report)),
        [],
      );
      const again = await set.apply();
      assert.ok(again.every(({ state }) => state !== 'created'));
    });

    if (context.assets === 'own') {
      test('a page is written', async () => {
        const { counts } = await set.run('syncPage', wholeFeed(set));
        assert.ok(counts.created > 0 && counts.created === counts.read);
      });

      test('documents that were written without the pipeline are stamped', async () => {
        const pipeline = { id: 'tcsync-ti_threatconnect-ingested', processors: [] };
        await set.deps.installer.ingest.putPipeline(pipeline);
        await set.sink.create({
          index: 'logs-ti_threatconnect.indicator-default',
          id: 'unstamped',
          document: { '@timestamp': '2026-11-30T00:00:00Z' },
        });
        await cluster.refresh();
        const reports = await set.apply();
        const repaired = reports.find(({ asset }) => asset === DOCUMENTS);
        assert.equal(repaired?.state, 'repaired', repaired?.detail ?? '');
      });
    }
  });
}

test('one key for both has the privileges of both, and no further ones', async (context) => {
  const cluster = await Secured.start();
  context.after(() => cluster.close());
  const key = await cluster.newKey(neededPrivileges('both', OWN));
  const set = await stage({ records: 40 }, { ES_URL: cluster.url, ES_API_KEY: key.encoded });
  context.after(() => set.close());
  assert.equal(set.deps.installer, set.deps.sink);
  assert.equal((await checked(set, 'both')).state, 'ok');
  assert.ok((await set.apply()).every(({ state }) => state === 'created' || state === 'ok'));
  const all = new Set(needs('both', OWN).map(nameOf));
  const each = new Set([...needs('installer', OWN), ...needs('ingester', OWN)].map(nameOf));
  assert.deepEqual(all, each);
});

test('Serverless has no privileges for ILM', () => {
  const { cluster } = neededPrivileges('both', { ...OWN, flavour: 'serverless' });
  assert.ok(!cluster.some((name) => /ilm/.test(name)));
});

test('a new installer’s key is given to the transform, and the ingester’s never', async (context) => {
  const cluster = await Secured.start();
  context.after(() => cluster.close());
  const [ingester, installer] = [
    neededPrivileges('ingester', OWN),
    neededPrivileges('installer', OWN),
  ];
  for (const [state, changes] of [
    ['created', 0],
    ['repaired', 1],
  ] as const) {
    const set = await cluster.stage(ingester, installer);
    context.after(() => set.close());
    const reports = await set.apply();
    const report = reports.find(({ asset }) => asset === TRANSFORM);
    assert.deepEqual(
      [report?.state, report?.changes.length],
      [state, changes],
      report?.detail ?? '',
    );
    const { api_key: own } = await set.deps.installer.security.authenticate();
    const { transforms } = await set.deps.sink.transform.getTransform();
    assert.deepEqual(transforms[0]?.authorization, { api_key: own });
    assert.ok((await set.apply()).every((line) => line.state === 'ok'));
  }
});

test('a key that is gone ends the reconciliation', async (context) => {
  const cluster = await Secured.start();
  context.after(() => cluster.close());
  const key = await cluster.newKey(neededPrivileges('ingester', OWN));
  const gone = Buffer.from('gone:key').toString('base64');
  const set = await stage(
    { records: 1 },
    { ES_URL: cluster.url, ES_API_KEY: key.encoded, ES_INSTALLER_API_KEY: gone },
  );
  context.after(() => set.close());
  await assert.rejects(set.apply(), (error: Error & { type?: string; nonRetryable?: boolean }) => {
    assert.equal(error.type, 'SinkUnauthorized');
    assert.equal(error.nonRetryable, true);
    assert.ok(!error.message.includes(gone));
    return true;
  });
});

async function checked(set: Stage, holder: Holder) {
  const list = new Checklist(() => undefined);
  const context = { ...set.config.program, flavour: 'stack', feeds: [] } as const;
  const client = holder === 'installer' ? set.deps.installer : set.deps.sink;
  await checkPrivileges(list, client, { holder, context }, AbortSignal.timeout(10_000));
  const [step] = list.steps;
  assert.ok(step);
  return step;
}

/** `cluster: monitor`, or with the names of indices; the latest index and its alias are one. */
function nameOf({ on, privilege }: Need): string {
  if (on === null) return `cluster: ${privilege}`;
  return `${on.length > 1 ? 'latest' : on.join()}: ${privilege}`;
}

function without({ cluster, indices }: Privileges, { on, privilege }: Need): Privileges {
  return {
    cluster: cluster.filter((name) => on !== null || name !== privilege),
    indices: indices.map(({ names, privileges }) => ({
      names,
      privileges: privileges.filter(
        (name) => on === null || names.join() !== on.join() || name !== privilege,
      ),
    })),
  };
}

function kindOf(asset: string): string {
  return / template /.test(asset) ? 'templates' : asset;
}
