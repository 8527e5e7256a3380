import {
  contentError,
  illegalArgument,
  invalidRequest,
  refuseUnknownFields,
  resourceNotFound,
} from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { type Cluster, type Policy } from '../state/cluster.ts';
import { asObject } from '../state/mapping.ts';
import { textSetting } from '../state/settings.ts';
import { compose } from '../state/templates.ts';
import { matchesPattern } from '../text/wildcard.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

/** `_ilm/policy`; what the policies do is in `lifecycle/`. */
export const policyRoutes: readonly Route[] = [
  {
    api: 'ilm',
    methods: ['PUT'],
    paths: ['/_ilm/policy/{name}'],
    parameters: ['master_timeout', 'timeout'],
    handle: put,
  },
  {
    api: 'ilm',
    methods: ['GET'],
    paths: ['/_ilm/policy', '/_ilm/policy/{name}'],
    parameters: ['master_timeout', 'timeout'],
    handle: get,
  },
  {
    api: 'ilm',
    methods: ['DELETE'],
    paths: ['/_ilm/policy/{name}'],
    parameters: ['master_timeout', 'timeout'],
    handle: remove,
  },
];

const PHASES: Readonly<Record<string, readonly string[]>> = {
  hot: [
    'downsample',
    'forcemerge',
    'readonly',
    'rollover',
    'searchable_snapshot',
    'set_priority',
    'shrink',
    'unfollow',
  ],
  warm: [
    'allocate',
    'downsample',
    'forcemerge',
    'migrate',
    'readonly',
    'set_priority',
    'shrink',
    'unfollow',
  ],
  cold: [
    'allocate',
    'downsample',
    'freeze',
    'migrate',
    'readonly',
    'searchable_snapshot',
    'set_priority',
    'unfollow',
  ],
  frozen: ['searchable_snapshot', 'unfollow'],
  delete: ['delete', 'wait_for_snapshot'],
};

function put(call: Call): Answer {
  const { name = '' } = call.parts;
  const { policies, clock } = call.cluster;
  const body = call.body.object();
  refuseUnknownFields('put_lifecycle_request', body, ['policy']);
  const { policy } = body;
  if (!isObject(policy)) throw illegalArgument('Required [policy]');
  refuseUnknownFields('lifecycle_policy', policy, ['_meta', 'deprecated', 'phases']);
  const phases = parsePhases(asObject(policy['phases']));
  const version = (policies.get(name)?.version ?? 0) + 1;
  policies.set(name, { version, modifiedMs: clock.nowMs(), policy: { ...policy, phases } });
  return ACKNOWLEDGED;
}

const ALL_ACTIONS = new Set(Object.values(PHASES).flat());

/** Phases with what the server fills in. */
function parsePhases(given: JsonObject): JsonObject {
  const phases: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    const allowed = PHASES[name];
    if (allowed === undefined) {
      throw invalidRequest(`Timeseries lifecycle does not support phase [${name}]`);
    }
    const phase = asObject(value);
    const actions = asObject(phase['actions']);
    const unknown = Object.keys(actions).find((action) => !ALL_ACTIONS.has(action));
    if (unknown !== undefined) throw contentError(`[actions] unknown field [${unknown}]`);
    const wrong = Object.keys(actions).find((action) => !allowed.includes(action));
    if (wrong !== undefined)
      throw invalidRequest(`invalid action [${wrong}] defined in phase [${name}]`);
    phases[name] = {
      min_age: '0ms',
      ...phase,
      actions: Object.fromEntries(Object.entries(actions).map(withDefaults)),
    };
  }
  return phases;
}

function withDefaults([action, value]: [string, unknown]): [string, unknown] {
  return action === 'delete'
    ? [action, { delete_searchable_snapshot: true, ...asObject(value) }]
    : [action, value];
}

function get(call: Call): Answer {
  const { cluster } = call;
  const wanted = namesOf(call, 'name');
  const found = [...cluster.policies].filter(([name]) =>
    wanted.some((one) => matchesPattern(one, name)),
  );
  if (found.length === 0 && call.parts['name'] !== undefined) throw missing(wanted);
  return ok(Object.fromEntries(found.map(([name, policy]) => [name, show(cluster, name, policy)])));
}

function show(cluster: Cluster, name: string, { version, modifiedMs, policy }: Policy): JsonObject {
  return {
    version,
    modified_date: new Date(modifiedMs).toISOString(),
    policy,
    in_use_by: usersOf(cluster, name),
  };
}

function usersOf(
  cluster: Cluster,
  name: string,
): Record<'composable_templates' | 'data_streams' | 'indices', string[]> {
  const indices = [...cluster.indices.values()].filter(
    ({ settings }) => textSetting(settings, 'index.lifecycle.name') === name,
  );
  const templates = [...cluster.indexTemplates].filter(
    ([, template]) =>
      textSetting(compose(cluster, template).settings, 'index.lifecycle.name') === name,
  );
  return {
    indices: indices.map((index) => index.name),
    data_streams: [...new Set(indices.flatMap(({ stream }) => (stream === null ? [] : [stream])))],
    composable_templates: templates.map(([template]) => template),
  };
}

function remove(call: Call): Answer {
  const { name = '' } = call.parts;
  const { policies } = call.cluster;
  if (!policies.has(name)) throw missing([name]);
  const { indices } = usersOf(call.cluster, name);
  if (indices.length > 0) {
    throw illegalArgument(
      `Cannot delete policy [${name}]. It is in use by one or more indices: [${indices.join(', ')}]`,
    );
  }
  policies.delete(name);
  return ACKNOWLEDGED;
}

function missing(names: readonly string[]): Error {
  return resourceNotFound(`Lifecycle policy not found: ${names.join(',')}`);
}
