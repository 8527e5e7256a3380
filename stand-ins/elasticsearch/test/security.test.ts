import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ACTIONS } from '../security/actions.ts';
import { encodedOf } from '../security/api-keys.ts';
import { ROUTES } from '../server.ts';
import { type Answered, useStandIn } from './elasticsearch-under-test.ts';

const ADMIN = encodedOf({ id: 'admin', key: 'all' });
const READER = { id: 'reader', name: 'a reader', key: 'secret' };
const server = useStandIn({
  credentials: { apiKey: ADMIN },
  apiKeys: [
    {
      ...READER,
      cluster: ['read_ilm'],
      indices: [{ names: ['open-*', 'alias'], privileges: ['read'] }],
    },
  ],
});

function ask(encoded: string, method: string, path: string, body?: unknown): Promise<Answered> {
  return server.ask(method, path, body, { authorization: `ApiKey ${encoded}` });
}

async function admin(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await ask(ADMIN, method, path, body);
  assert.ok(answer.status < 300, answer.text);
  return answer.body;
}

function reader(method: string, path: string, body?: unknown): Promise<Answered> {
  return ask(encodedOf(READER), method, path, body);
}

/** A new key, encoded. */
async function newKey(role: {
  cluster?: string[];
  indices?: { names: string[]; privileges: string[] }[];
}): Promise<{ id: string; encoded: string }> {
  return (await admin('POST', '/_security/api_key', {
    name: 'made',
    role_descriptors: { made: role },
  })) as { id: string; encoded: string };
}

function reasonOf({ body }: Answered): string {
  return (body as { error: { reason: string } }).error.reason;
}

test('each API has an entry in the table of actions', () => {
  const apis = ROUTES.map(({ methods, paths }) => `${methods[0]} ${paths[0]}`);
  assert.deepEqual(Object.keys(ACTIONS).sort(), apis.sort());
});

test('a key tells who it is, and which privileges it has', async () => {
  const who = await reader('GET', '/_security/_authenticate');
  const { api_key: shown } = who.body as { api_key: object };
  assert.deepEqual(shown, { id: 'reader', name: 'a reader' });
  const { body } = await reader('POST', '/_security/user/_has_privileges', {
    cluster: ['read_ilm', 'manage_ilm', 'monitor'],
    index: [
      { names: ['open-1', 'closed', 'open-*', '*'], privileges: ['read', 'view_index_metadata'] },
    ],
  });
  const only = { read: true, view_index_metadata: false };
  const none = { read: false, view_index_metadata: false };
  assert.deepEqual(body, {
    username: 'elastic',
    has_all_requested: false,
    cluster: { read_ilm: true, manage_ilm: false, monitor: false },
    index: { 'open-1': only, closed: none, 'open-*': only, '*': none },
    application: {},
  });
});

test('a privilege includes narrower ones, as in Elasticsearch', async () => {
  const { encoded } = await newKey({
    cluster: ['monitor', 'manage_ilm'],
    indices: [{ names: ['*'], privileges: ['manage'] }],
  });
  const { body } = await ask(encoded, 'POST', '/_security/user/_has_privileges', {
    cluster: ['read_ilm', 'monitor_transform', 'manage_transform', 'manage_index_templates'],
    index: [
      {
        names: ['a'],
        privileges: [
          'create_index',
          'auto_configure',
          'maintenance',
          'view_index_metadata',
          'read',
        ],
      },
    ],
  });
  const { cluster, index } = body as { cluster: object; index: { a: object } };
  assert.deepEqual(cluster, {
    read_ilm: true,
    monitor_transform: true,
    manage_transform: false,
    manage_index_templates: false,
  });
  // a transform's source needs view_index_metadata itself
  assert.deepEqual(index.a, {
    create_index: true,
    auto_configure: true,
    maintenance: true,
    view_index_metadata: false,
    read: false,
  });
});

test('a call without the privilege is refused with the privileges that grant it', async () => {
  const policy = { policy: { phases: {} } };
  assert.equal(
    reasonOf(await reader('PUT', '/_ilm/policy/p', policy)),
    'action [cluster:admin/ilm/put] is unauthorized for API key id [reader] of user [elastic], this action is granted by the cluster privileges [manage_ilm,manage,all]',
  );
  const denied = await reader('PUT', '/closed');
  assert.equal(denied.status, 403);
  assert.equal(
    reasonOf(denied),
    'action [indices:admin/create] is unauthorized for API key id [reader] of user [elastic] on indices [closed], this action is granted by the index privileges [create_index,manage,all]',
  );
  assert.equal((await reader('GET', '/_ilm/status')).status, 200);
});

test('names are those of the request: index, alias, or the data stream of a backing index', async () => {
  await admin('PUT', '/open-1');
  await admin('PUT', '/closed');
  await admin('PUT', '/closed/_alias/alias');
  const statusOf = async (path: string) => (await reader('POST', path)).status;
  assert.equal(await statusOf('/open-1/_search'), 200);
  assert.equal(await statusOf('/alias/_search'), 200);
  assert.equal(await statusOf('/closed/_search'), 403);
  assert.equal(await statusOf('/open-1,closed/_search'), 403);
  assert.equal(await statusOf('/_search'), 403);
  assert.equal(await statusOf('/open-*/_search'), 200);
  const { status } = await reader('POST', '/_aliases', {
    actions: [{ add: { index: 'open-1', alias: 'other' } }],
  });
  assert.equal(status, 403);
});

test('a bulk request is refused by its documents, and new fields of a data stream need auto_configure', async () => {
  await admin('PUT', '/_index_template/streams', { index_patterns: ['s-*'], data_stream: {} });
  await admin('PUT', '/_data_stream/s-1');
  const { encoded } = await newKey({
    indices: [
      { names: ['s-1'], privileges: ['create_doc'] },
      { names: ['mine'], privileges: ['index', 'auto_configure'] },
    ],
  });
  const { body } = await ask(encoded, 'POST', '/_bulk', [
    { create: { _index: 's-1' } },
    { '@timestamp': 1 },
    { create: { _index: 's-1' } },
    { '@timestamp': 1, new: 1 },
    { index: { _index: 'mine' } },
    { new: 1 },
    { index: { _index: 'closed' } },
    { new: 1 },
  ]);
  const { items } = body as { items: Record<string, { status: number }>[] };
  const statuses = items.flatMap((item) => Object.values(item).map(({ status }) => status));
  assert.deepEqual(statuses, [201, 403, 201, 403]);
});

test('a deleted key is not let in', async () => {
  const { id, encoded } = await newKey({ cluster: ['monitor'] });
  assert.equal((await ask(encoded, 'GET', '/')).status, 200);
  await admin('DELETE', '/_security/api_key', { ids: [id] });
  assert.equal((await ask(encoded, 'GET', '/')).status, 401);
});

test('a key may look itself up, and others only with a privilege', async () => {
  assert.equal((await reader('GET', '/_security/api_key?id=reader')).status, 200);
  assert.equal((await reader('GET', '/_security/api_key?id=admin')).status, 403);
  const missing = await ask(ADMIN, 'GET', '/_security/api_key?id=nobody');
  assert.deepEqual([missing.status, missing.body], [404, { api_keys: [] }]);
});

test('an unknown privilege is refused', async () => {
  const { status } = await ask(ADMIN, 'POST', '/_security/api_key', {
    name: 'odd',
    role_descriptors: { odd: { cluster: ['manage_everything'] } },
  });
  assert.equal(status, 400);
});

test('a transform keeps the key of its maker, needs its privileges, and fails when the key is gone', async () => {
  await admin('PUT', '/source');
  const cluster = ['manage_transform'];
  const onSource = { names: ['source'], privileges: ['read', 'view_index_metadata'] };
  const config = {
    source: { index: ['source'] },
    dest: { index: 'dest' },
    latest: { unique_key: ['id'], sort: 'time' },
    sync: { time: { field: 'time' } },
  };
  const poor = await newKey({
    cluster,
    indices: [onSource, { names: ['dest'], privileges: ['read', 'index'] }],
  });
  const refused = await ask(poor.encoded, 'PUT', '/_transform/t', config);
  assert.equal(refused.status, 403);
  assert.equal(
    reasonOf(refused),
    'Cannot create transform [t] because user elastic lacks the required permissions [dest:[create_index]]',
  );
  const deferred = await ask(poor.encoded, 'PUT', '/_transform/t?defer_validation=true', config);
  assert.equal(deferred.status, 200);
  const rich = await newKey({
    cluster,
    indices: [onSource, { names: ['dest'], privileges: ['read', 'index', 'create_index'] }],
  });
  await ask(rich.encoded, 'POST', '/_transform/t/_update', { description: 'the same' });
  const { transforms } = (await admin('GET', '/_transform/t')) as {
    transforms: { authorization: object }[];
  };
  assert.deepEqual(transforms[0]?.authorization, { api_key: { id: rich.id, name: 'made' } });
  await admin('POST', '/_transform/t/_start');
  await admin('DELETE', '/_security/api_key', { ids: [rich.id] });
  await server.ask('POST', '/_sim/clock', { advanceMs: 120_000 });
  await server.ask('POST', '/_sim/transforms/settle', {});
  const { transforms: stats } = (await admin('GET', '/_transform/t/_stats')) as {
    transforms: { state: string; reason: string }[];
  };
  assert.equal(stats[0]?.state, 'failed');
  assert.match(stats[0].reason, /api key \[.*\] has been invalidated/);
});
