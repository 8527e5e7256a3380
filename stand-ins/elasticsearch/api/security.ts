import { type Answer } from '../http/router.ts';
import { type JsonObject, toList } from '../json/exact.ts';
import { asObject } from '../state/mapping.ts';
import { type Call, ok, type Route } from './call.ts';

const USER = 'elastic';

/** The user and the user's privileges: all, because the stand-in checks none. Without an API key security is off. */
export const securityRoutes: readonly Route[] = [
  {
    api: 'security',
    methods: ['GET'],
    paths: ['/_security/_authenticate'],
    parameters: [],
    handle: (call) => withSecurity(call, authenticated),
  },
  {
    api: 'security',
    methods: ['GET', 'POST'],
    paths: ['/_security/user/_has_privileges'],
    parameters: [],
    handle: (call) => withSecurity(call, hasPrivileges),
  },
];

function authenticated({ credentials: { apiKey = '' } }: Call): Answer {
  const realm = { name: '_es_api_key', type: '_es_api_key' };
  const [id = ''] = Buffer.from(apiKey, 'base64').toString('utf8').split(':');
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
    api_key: { id, name: 'stand-in' },
  });
}

function hasPrivileges(call: Call): Answer {
  const body = call.body.object();
  const index: JsonObject = {};
  for (const asked of Array.isArray(body['index']) ? (body['index'] as unknown[]) : []) {
    const { names, privileges } = asObject(asked);
    for (const name of toList(names)) index[name] = granted(privileges);
  }
  return ok({
    username: USER,
    has_all_requested: true,
    cluster: granted(body['cluster']),
    index,
    application: {},
  });
}

function granted(privileges: unknown): JsonObject {
  return Object.fromEntries(toList(privileges).map((name) => [name, true]));
}

function withSecurity(call: Call, handle: (call: Call) => Answer): Answer {
  if (call.credentials.apiKey !== undefined) return handle(call);
  const error = `no handler found for uri [${call.path}] and method [${call.method}]`;
  return { status: 400, body: { error } };
}
