import { illegalArgument } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { asText, type JsonObject, toList } from '../json/exact.ts';
import { type ApiKey, encodedOf, privilegesOn, type Role } from '../security/api-keys.ts';
import { includesInCluster, includesInIndex } from '../security/privileges.ts';
import { asObject } from '../state/mapping.ts';
import { type Call, ok, type Route } from './call.ts';

const USER = 'elastic';
const API_KEY = '/_security/api_key';

/** `_security`: the caller, the caller's privileges, and API keys. Without any key security is off. */
export const securityRoutes: readonly Route[] = [
  route(['GET'], '/_security/_authenticate', [], authenticated),
  route(['GET', 'POST'], '/_security/user/_has_privileges', [], hasPrivileges),
  route(['GET'], API_KEY, ['id'], getKey),
  route(['POST', 'PUT'], API_KEY, [], createKey),
  route(['DELETE'], API_KEY, [], invalidateKeys),
];

type Secured = Call & { readonly caller: ApiKey };

function route(
  methods: Route['methods'],
  path: string,
  parameters: readonly string[],
  handle: (call: Secured) => Answer,
): Route {
  return {
    api: 'security',
    methods,
    paths: [path],
    parameters,
    handle: (call) => {
      const { caller } = call;
      if (caller !== null) return handle({ ...call, caller });
      const error = `no handler found for uri [${call.path}] and method [${call.method}]`;
      return { status: 400, body: { error } };
    },
  };
}

function authenticated({ caller: { id, name } }: Secured): Answer {
  const realm = { name: '_es_api_key', type: '_es_api_key' };
  return ok({
    username: USER,
    roles: [],
    full_name: null,
    email: null,
    metadata: {},
    enabled: true,
    authentication_realm: realm,
    lookup_realm: realm,
    authentication_type: 'api_key',
    api_key: { id, name },
  });
}

function hasPrivileges({ body, caller }: Secured): Answer {
  const asked = body.object();
  const cluster = toList(asked['cluster']).map((name): [string, boolean] => [
    name,
    includesInCluster(caller.cluster, name),
  ]);
  const index: Record<string, Record<string, boolean>> = {};
  for (const { names, privileges } of indicesOf(asked['index'])) {
    for (const name of names) {
      const held = privilegesOn(caller, name);
      index[name] ??= {};
      for (const each of privileges) index[name][each] = includesInIndex(held, each);
    }
  }
  const all = [...cluster, ...Object.values(index).flatMap((each) => Object.entries(each))];
  return ok({
    username: USER,
    has_all_requested: all.every(([, has]) => has),
    cluster: Object.fromEntries(cluster),
    index,
    application: {},
  });
}

function getKey({ keys, parameters }: Secured): Answer {
  const id = parameters.text('id');
  if (id === undefined) throw illegalArgument('[id] is missing');
  const found = keys.find(id);
  if (found === null) return { status: 404, body: { api_keys: [] } };
  return ok({ api_keys: [{ id, name: found.name, invalidated: false, username: USER }] });
}

/** A key without role descriptors has the privileges of its maker. */
function createKey({ body, caller, keys }: Secured): Answer {
  const { name, role_descriptors: descriptors } = body.object();
  const roles = Object.values(asObject(descriptors)).map((each) => toRole(asObject(each)));
  const role = {
    cluster: roles.flatMap(({ cluster }) => cluster),
    indices: roles.flatMap(({ indices }) => indices),
  };
  const made = keys.create(asText(name), roles.length === 0 ? caller : role);
  return ok({ id: made.id, name: made.name, api_key: made.key, encoded: encodedOf(made) });
}

function invalidateKeys({ body, keys }: Secured): Answer {
  const ids = toList(body.object()['ids']).filter((id) => keys.invalidate(id));
  return ok({ invalidated_api_keys: ids, previously_invalidated_api_keys: [], error_count: 0 });
}

function toRole({ cluster, indices, index }: JsonObject): Role {
  return { cluster: toList(cluster), indices: indicesOf(indices ?? index) };
}

function indicesOf(value: unknown): { names: string[]; privileges: string[] }[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.map((each) => {
    const { names, privileges } = asObject(each);
    return { names: toList(names), privileges: toList(privileges) };
  });
}
