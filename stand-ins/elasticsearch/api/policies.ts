import {
  contentError,
  illegalArgument,
  invalidRequest,
  refuseUnknownFields,
  resourceNotFound,
} from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { spreadPolicy } from '../lifecycle/steps.ts';
import { type Cluster, type Policy } from '../state/cluster.ts';
import { asObject } from '../state/mapping.ts';
import { textSetting } from '../state/settings.ts';
import { compose } from '../state/templates.ts';
import { matchesPattern } from '../text/wildcard.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

/** `_ilm/policy`. The work of the policies is in `lifecycle/`. */
export const policyRoutes: readonly Route[] = [
  { api: 'ilm', methods: ['PUT'], paths: ['/_ilm/policy/{name}'], parameters: [], handle: put },
  {
    api: 'ilm',
    methods: ['GET'],
    paths: ['/_ilm/policy', '/_ilm/policy/{name}'],
    parameters: [],
    handle: get,
  },
  {
    api: 'ilm',
    methods: ['DELETE'],
    paths: ['/_ilm/policy/{name}'],
    parameters: [],
    handle: remove,
  },
];

/** The phases of the server, and their actions in this stand-in. */
const PHASES: Readonly<Record<string, readonly string[]>> = {
  hot: ['rollover', 'set_priority'],
  warm: ['set_priority'],
  cold: ['set_priority'],
  frozen: [],
  delete: ['delete'],
};
const ACTIONS: ReadonlySet<string> = new Set(Object.values(PHASES).flat());

function put(call: Call): Answer {
  const { name = '' } = call.parts;
  const { policies, clock } = call.cluster;
  const body = call.body.object();
  refuseUnknownFields('put_lifecycle_request', body, ['policy']);
  const { policy } = body;
  if (!isObject(policy)) throw illegalArgument('Required [policy]');
  refuseUnknownFields('lifecycle_policy', policy, ['_meta', 'phases']);
  const phases = parsePhases(asObject(policy['phases']));
  const version = (policies.get(name)?.version ?? 0) + 1;
  policies.set(name, { version, modifiedMs: clock.nowMs(), policy: { ...policy, phases } });
  spreadPolicy(call.cluster, name);
  return ACKNOWLEDGED;
}

/** Phases with the defaults of the server. */
function parsePhases(given: JsonObject): JsonObject {
  const phases: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    const allowed = PHASES[name];
    if (allowed === undefined) {
      throw invalidRequest(`Timeseries lifecycle does not support phase [${name}]`);
    }
    const phase = asObject(value);
    const actions = { ...asObject(phase['actions']) };
    for (const action of Object.keys(actions)) {
      if (!ACTIONS.has(action))
        throw contentError(`[actions] unknown field [${action}] in this stand-in`);
      if (!allowed.includes(action))
        throw invalidRequest(`invalid action [${action}] defined in phase [${name}]`);
    }
    if (actions['delete'] !== undefined)
      actions['delete'] = { delete_searchable_snapshot: true, ...asObject(actions['delete']) };
    phases[name] = { min_age: '0ms', ...phase, actions };
  }
  return phases;
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
