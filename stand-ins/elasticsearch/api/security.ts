import { type Answer } from '../http/router.ts';
import { type JsonObject, toList } from '../json/exact.ts';
import { asObject } from '../state/mapping.ts';
import { type Call, ok, type Route } from './call.ts';

/** Who asks and what they may do: everything, for privileges are not checked. Without credentials security is off. */
export const securityRoutes: readonly Route[] = [
  {
    api: 'security',
    methods: ['GET'],
    paths: ['/_security/_authenticate'],
    parameters: [],
    handle: authenticated,
  },
  {
    api: 'security',
    methods: ['GET', 'POST'],
    paths: ['/_security/user/_has_privileges'],
    parameters: [],
    handle: hasPrivileges,
  },
];

function authenticated(call: Call): Answer {
  const { apiKey, basic } = call.credentials;
  if (isOff(call)) return noHandler(call);
  const byKey = basic === undefined;
  const realm = byKey
    ? { name: '_es_api_key', type: '_es_api_key' }
    : { name: 'native', type: 'native' };
  const [id = ''] = Buffer.from(apiKey ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return ok({
    username: basic?.username ?? 'elastic',
    roles: byKey ? [] : ['superuser'],
    full_name: null,
    email: null,
    metadata: {},
    enabled: true,
    authentication_realm: realm,
    lookup_realm: realm,
    authentication_type: byKey ? 'api_key' : 'realm',
    ...(byKey ? { api_key: { id, name: 'stand-in' } } : {}),
  });
}

function hasPrivileges(call: Call): Answer {
  if (isOff(call)) return noHandler(call);
  const body = call.body.object();
  const index: JsonObject = {};
  for (const asked of Array.isArray(body['index']) ? (body['index'] as unknown[]) : []) {
    const { names, privileges } = asObject(asked);
    for (const name of toList(names)) index[name] = granted(privileges);
  }
  return ok({
    username: call.credentials.basic?.username ?? 'elastic',
    has_all_requested: true,
    cluster: granted(body['cluster']),
    index,
    application: {},
  });
}

function granted(privileges: unknown): JsonObject {
  return Object.fromEntries(toList(privileges).map((name) => [name, true]));
}

function isOff({ credentials: { apiKey, basic } }: Call): boolean {
  return apiKey === undefined && basic === undefined;
}

function noHandler({ method, path }: Call): Answer {
  const error = `no handler found for uri [${path}] and method [${method}]`;
  return { status: 400, body: { error } };
}
