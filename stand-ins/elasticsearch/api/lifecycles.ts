import { illegalArgument } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject } from '../json/exact.ts';
import { type LifecycleState } from '../lifecycle/state.ts';
import { enterPolicy, isManaged, lifecycleDateMs, policyOf, step } from '../lifecycle/steps.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Index } from '../state/index.ts';
import { resolveNames } from '../state/names.ts';
import { showDuration } from '../text/duration.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** The state of indices in their lifecycles, and requests that change it. */
export const lifecycleRoutes: readonly Route[] = [
  {
    api: 'ilm',
    methods: ['GET'],
    paths: ['/{index}/_ilm/explain'],
    parameters: [...NAME_PARAMETERS, 'only_errors', 'only_managed'],
    handle: explain,
  },
  {
    api: 'ilm',
    methods: ['POST'],
    paths: ['/{index}/_ilm/retry'],
    parameters: [],
    handle: retry,
  },
  {
    api: 'ilm',
    methods: ['POST'],
    paths: ['/{index}/_ilm/remove'],
    parameters: [],
    handle: remove,
  },
  {
    api: 'ilm',
    methods: ['GET'],
    paths: ['/_ilm/status'],
    parameters: [],
    handle: ({ cluster }) =>
      ok({ operation_mode: cluster.lifecycles.running ? 'RUNNING' : 'STOPPED' }),
  },
  {
    api: 'ilm',
    methods: ['POST'],
    paths: ['/_ilm/start'],
    parameters: [],
    handle: ({ cluster }) => setRunning(cluster, true),
  },
  {
    api: 'ilm',
    methods: ['POST'],
    paths: ['/_ilm/stop'],
    parameters: [],
    handle: ({ cluster }) => setRunning(cluster, false),
  },
];

function setRunning(cluster: Cluster, running: boolean): Answer {
  cluster.lifecycles.running = running;
  return ACKNOWLEDGED;
}

function targetsOf(call: Call): Index[] {
  const options = toNameOptions(call.parameters);
  return resolveNames(call.cluster, namesOf(call, 'index'), options);
}

function explain(call: Call): Answer {
  const { cluster, parameters } = call;
  const onlyErrors = parameters.flag('only_errors');
  const onlyManaged = parameters.flag('only_managed') || onlyErrors;
  const indices: JsonObject = {};
  for (const index of targetsOf(call)) {
    if (onlyManaged && policyOf(index) === null) continue;
    const policy = policyOf(index) ?? '';
    const failed = !cluster.policies.has(policy) || (index.lifecycle?.error ?? null) !== null;
    if (!onlyErrors || failed) indices[index.name] = showIndex(cluster, index);
  }
  return ok({ indices });
}

function showIndex(cluster: Cluster, index: Index): JsonObject {
  const policy = policyOf(index);
  if (policy === null || !isManaged(cluster, index)) return { index: index.name, managed: false };
  const stored = cluster.policies.get(policy);
  const nowMs = cluster.clock.nowMs();
  const ageMs = nowMs - lifecycleDateMs(index);
  const common = {
    index: index.name,
    managed: true,
    policy,
    index_creation_date_millis: index.createdMs,
    time_since_index_creation: showDuration(nowMs - index.createdMs),
  };
  if (stored === undefined) {
    const reason = `policy [${policy}] does not exist`;
    return { ...common, step_info: { type: 'illegal_argument_exception', reason } };
  }
  const state = enterPolicy(cluster, index, nowMs);
  return {
    ...common,
    lifecycle_date_millis: lifecycleDateMs(index),
    age: showDuration(ageMs),
    age_in_millis: ageMs,
    ...(state === null ? {} : showState(state)),
    skip: false,
    ...(state === null ? {} : { phase_execution: showPhase(state) }),
  };
}

function showPhase({ policy, running }: LifecycleState): JsonObject {
  return {
    policy,
    phase_definition: running.definition,
    version: running.version,
    modified_date_in_millis: running.modifiedMs,
  };
}

function showState(state: LifecycleState): JsonObject {
  const { error } = state;
  return {
    phase: state.phase,
    phase_time_millis: state.phaseMs,
    action: state.action,
    action_time_millis: state.actionMs,
    step: error === null ? state.step : 'ERROR',
    step_time_millis: state.stepMs,
    ...(error === null
      ? {}
      : {
          failed_step: error.step,
          is_auto_retryable_error: error.autoRetryable,
          failed_step_retry_count: error.retries,
          step_info: error.info,
        }),
  };
}

/** Tries the failed step again, at once. */
function retry(call: Call): Answer {
  const { cluster } = call;
  const targets = targetsOf(call);
  for (const { name, lifecycle } of targets) {
    if (lifecycle === null || lifecycle.error === null) {
      throw illegalArgument(
        `cannot retry an action for an index [${name}] that has not encountered an error when running a Lifecycle Policy`,
      );
    }
  }
  for (const index of targets) {
    const { lifecycle } = index;
    if (lifecycle?.error === null || lifecycle === null) continue;
    lifecycle.error = { ...lifecycle.error, autoRetryable: true };
    step(cluster, index, lifecycle, cluster.clock.nowMs());
  }
  return ACKNOWLEDGED;
}

function remove(call: Call): Answer {
  for (const index of targetsOf(call)) {
    const kept = Object.entries(index.settings).filter(
      ([name]) => !name.startsWith('index.lifecycle.'),
    );
    index.settings = Object.fromEntries(kept);
    index.lifecycle = null;
  }
  return ok({ has_failures: false, failed_indexes: [] });
}
