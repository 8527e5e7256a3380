import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Client } from '@elastic/elasticsearch';
import type { Asset } from '../../../activities/elasticsearch/assets/asset.ts';
import { reconcileAsset } from '../../../activities/elasticsearch/assets/reconcile-asset.ts';
import { inspectKey } from '../../../activities/elasticsearch/assets/transform/installer-key.ts';
import { createSink } from '../../../activities/elasticsearch/client.ts';
import {
  neededPrivileges,
  type PrivilegeContext,
  type Privileges,
} from '../../../activities/elasticsearch/privileges.ts';
import { encodedOf, type ApiKey } from '../../../stand-ins/elasticsearch/security/api-keys.ts';
import {
  startElasticsearch,
  type RunningElasticsearch,
} from '../../../stand-ins/elasticsearch/server.ts';

const OWN: PrivilegeContext = { namespace: 'default', assets: 'own', flavour: 'stack' };
const ID = 'a-transform';
const INSTALLER = neededPrivileges('installer', OWN);
const LATEST_LEFT_OUT = {
  ...INSTALLER,
  indices: INSTALLER.indices.filter(({ names }) => names.length === 1),
};
const KEYS = [
  keyOf('first', INSTALLER),
  keyOf('second', INSTALLER),
  keyOf('ingester', neededPrivileges('ingester', OWN)),
  keyOf('poor', LATEST_LEFT_OUT),
];

function keyOf(id: string, { cluster, indices }: Privileges): ApiKey {
  return { id, name: `key ${id}`, key: 'secret', cluster, indices };
}

describe('the API key of a transform', () => {
  let server: RunningElasticsearch;
  const clients: Client[] = [];

  function as(id: string): Client {
    const apiKey = { reveal: () => encodedOf({ id, key: 'secret' }) };
    const auth = { kind: 'apiKey', apiKey } as const;
    const common = { cloudId: null, ca: null, caFingerprint: null };
    const client = createSink({ url: server.url, auth, ...common });
    clients.push(client);
    return client;
  }

  async function shown(client: Client) {
    const { transforms } = await client.transform.getTransform({ transform_id: ID });
    const [transform] = transforms;
    assert.ok(transform);
    return transform;
  }

  const asset: Asset = {
    name: `transform ${ID}`,
    body: null,
    inspect: async (client, signal) => inspectKey(client, await shown(client), signal),
  };

  function reconcile(client: Client, dryRun = false) {
    return reconcileAsset(client, asset, { dryRun }, AbortSignal.timeout(30_000));
  }

  before(async () => {
    server = await startElasticsearch({ apiKeys: KEYS });
    await as('first').transform.putTransform({
      transform_id: ID,
      description: 'the latest',
      source: { index: ['logs-ti_threatconnect.indicator-*'] },
      dest: { index: 'logs-ti_threatconnect_latest.dest_indicator-101' },
      latest: { unique_key: ['id'], sort: 'time' },
      sync: { time: { field: 'time' } },
    });
  });
  after(async () => {
    for (const client of clients) await client.close();
    await server.close();
  });

  test('the installer’s own key stays', async () => {
    assert.equal((await reconcile(as('first'))).state, 'ok');
  });

  test('an ingester, which may not manage transforms, never gives it its own', async () => {
    assert.equal((await reconcile(as('ingester'))).state, 'ok');
    assert.equal((await shown(as('first'))).authorization?.api_key?.id, 'first');
  });

  test('an installer with too few privileges for it does not give it its key', async () => {
    const { state, detail } = await reconcile(as('poor'));
    assert.equal(state, 'blocked');
    assert.match(
      detail ?? '',
      /^it runs with API key first, not with the installer’s key poor, which lacks privileges that it needs: index logs-ti_threatconnect_latest/,
    );
    assert.equal((await shown(as('first'))).authorization?.api_key?.id, 'first');
  });

  test('another installer’s key is reported by a dry run, given to it once, and read back', async () => {
    const changes = ['credentials: API key first → API key second'];
    const planned = await reconcile(as('second'), true);
    assert.deepEqual([planned.state, planned.changes], ['broken', changes]);
    const done = await reconcile(as('second'));
    assert.deepEqual([done.state, done.changes], ['repaired', changes]);
    const transform = await shown(as('second'));
    assert.deepEqual(transform.authorization, { api_key: { id: 'second', name: 'key second' } });
    assert.equal(transform.description, 'the latest');
    assert.deepEqual((await reconcile(as('second'))).state, 'ok');
  });

  test('without security there is nothing to compare', async () => {
    const other = await startElasticsearch();
    const auth = { kind: 'none' } as const;
    const client = createSink({
      url: other.url,
      cloudId: null,
      ca: null,
      caFingerprint: null,
      auth,
    });
    const inspection = await inspectKey(client, { id: ID }, AbortSignal.timeout(10_000));
    assert.deepEqual([inspection.rest, inspection.due], ['ok', []]);
    await client.close();
    await other.close();
  });
});
