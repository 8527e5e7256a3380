import { asText, type JsonObject } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { rollOver } from '../state/create.ts';
import { type Index } from '../state/index.ts';
import { asObject } from '../state/mapping.ts';
import { textSetting } from '../state/settings.ts';
import { parseTimeMs } from '../text/time.ts';
import { isDue } from './conditions.ts';
import { type LifecycleState } from './state.ts';

const PHASES = ['hot', 'warm', 'cold', 'frozen', 'delete'];

export function policyOf(index: Index): string | null {
  const name = textSetting(index.settings, 'index.lifecycle.name');
  return name === '' ? null : name;
}

/** False if the lifecycle of the data stream comes before the policy. */
export function isManaged(cluster: Cluster, index: Index): boolean {
  if (policyOf(index) === null) return false;
  if (textSetting(index.settings, 'index.lifecycle.prefer_ilm') !== 'false') return true;
  const lifecycle = cluster.streams.get(index.stream ?? '')?.lifecycle ?? null;
  return lifecycle === null || lifecycle['enabled'] === false;
}

/** Ages begin with the rollover, or else with the creation. */
export function lifecycleDateMs(index: Index): number {
  return index.rolledOverMs ?? index.createdMs;
}

export function phasesOf(cluster: Cluster, policy: string): JsonObject {
  return asObject(cluster.policies.get(policy)?.policy['phases']);
}

function runningPhase(cluster: Cluster, policy: string, phase: string): LifecycleState['running'] {
  const { version = 0, modifiedMs = 0 } = cluster.policies.get(policy) ?? {};
  return { definition: asObject(phasesOf(cluster, policy)[phase]), version, modifiedMs };
}

/** Gives a changed policy to the indices whose running phase keeps its actions. */
export function spreadPolicy(cluster: Cluster, policy: string): void {
  const actionsOf = ({ definition }: LifecycleState['running']): string =>
    Object.keys(asObject(definition['actions'])).sort().join();
  for (const { lifecycle } of cluster.indices.values()) {
    if (lifecycle === null || lifecycle.policy !== policy) continue;
    const changed = runningPhase(cluster, policy, lifecycle.phase);
    if (actionsOf(changed) === actionsOf(lifecycle.running)) lifecycle.running = changed;
  }
}

/** Puts an index at the beginning of its policy, unless it is already there. An index without a policy has no state. */
export function enterPolicy(cluster: Cluster, index: Index, nowMs: number): LifecycleState | null {
  const policy = policyOf(index);
  if (policy === null || !isManaged(cluster, index) || !cluster.policies.has(policy)) {
    index.lifecycle = null;
    return null;
  }
  if (index.lifecycle?.policy === policy) return index.lifecycle;
  const times = { phaseMs: nowMs, actionMs: nowMs, stepMs: nowMs };
  const state: LifecycleState = {
    policy,
    phase: 'new',
    action: 'complete',
    step: 'complete',
    error: null,
    running: runningPhase(cluster, policy, 'new'),
    ...times,
  };
  index.lifecycle = state;
  const first = PHASES.find((phase) => phase in phasesOf(cluster, policy));
  if (first === 'hot') enterPhase(cluster, index, state, 'hot', nowMs);
  return state;
}

/** The work of one poll on one index. */
export function step(cluster: Cluster, index: Index, state: LifecycleState, nowMs: number): void {
  if (state.error !== null && !state.error.autoRetryable) return;
  if (state.step === 'check-rollover-ready') checkRollover(cluster, index, state, nowMs);
  else if (state.phase === 'delete') remove(cluster, index, state, nowMs);
  if (state.step !== 'complete') return;
  const next = PHASES.slice(PHASES.indexOf(state.phase) + 1).find(
    (phase) => phase in phasesOf(cluster, state.policy),
  );
  if (next === undefined) return;
  const phase = asObject(phasesOf(cluster, state.policy)[next]);
  const minAgeMs = parseTimeMs('min_age', asText(phase['min_age'] ?? '0ms'));
  if (nowMs - lifecycleDateMs(index) < minAgeMs) return;
  enterPhase(cluster, index, state, next, nowMs);
  step(cluster, index, state, nowMs);
}

function enterPhase(
  cluster: Cluster,
  index: Index,
  state: LifecycleState,
  phase: string,
  nowMs: number,
): void {
  state.running = runningPhase(cluster, state.policy, phase);
  const actions = asObject(state.running.definition['actions']);
  state.phase = phase;
  state.phaseMs = nowMs;
  const priority = asObject(actions['set_priority'])['priority'];
  if (typeof priority === 'number') {
    index.settings = { ...index.settings, 'index.priority': String(priority) };
  }
  if (actions['rollover'] !== undefined) moveTo(state, 'rollover', 'check-rollover-ready', nowMs);
  else if (actions['delete'] !== undefined) moveTo(state, 'delete', 'check-not-write-index', nowMs);
  else moveTo(state, 'complete', 'complete', nowMs);
}

function moveTo(state: LifecycleState, action: string, name: string, nowMs: number): void {
  state.error = null;
  if (state.action !== action) state.actionMs = nowMs;
  state.action = action;
  state.step = name;
  state.stepMs = nowMs;
}

function checkRollover(cluster: Cluster, index: Index, state: LifecycleState, nowMs: number): void {
  if (fails(cluster, index, state, nowMs)) return;
  const complete = textSetting(index.settings, 'index.lifecycle.indexing_complete') === 'true';
  const stream = cluster.streams.get(index.stream ?? '');
  if (stream === undefined && !complete) {
    const reason = 'only data streams roll over in this stand-in';
    fail(state, { type: 'illegal_argument_exception', reason }, true, nowMs);
    return;
  }
  if (stream?.indices.at(-1) === index && !complete) {
    const conditions = asObject(asObject(state.running.definition['actions'])['rollover']);
    if (!isDue(index, nowMs, conditions)) return;
    rollOver(cluster, stream);
  }
  moveTo(state, 'complete', 'complete', nowMs);
}

/** The write index of a data stream waits until another index has taken its place. */
function remove(cluster: Cluster, index: Index, state: LifecycleState, nowMs: number): void {
  const stream = index.stream === null ? undefined : cluster.streams.get(index.stream);
  if (fails(cluster, index, state, nowMs) || stream?.indices.at(-1) === index) return;
  cluster.dropIndex(index);
}

/** True if a test has ordered that the step fails. */
function fails(cluster: Cluster, index: Index, state: LifecycleState, nowMs: number): boolean {
  const ordered = cluster.lifecycles.failures.get(index.name);
  if (ordered === undefined || ordered.left === 0) {
    state.error = null;
    return false;
  }
  ordered.left -= 1;
  fail(state, ordered.info, ordered.autoRetryable, nowMs);
  return true;
}

function fail(
  state: LifecycleState,
  info: JsonObject,
  autoRetryable: boolean,
  nowMs: number,
): void {
  const retries = state.error === null ? 0 : state.error.retries + 1;
  if (state.error === null) state.stepMs = nowMs;
  state.error = { step: state.step, info, autoRetryable, retries };
}
