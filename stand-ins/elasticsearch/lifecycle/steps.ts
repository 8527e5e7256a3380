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

/** The lifecycle of a data stream's own comes first where the index does not prefer its policy. */
export function isManaged(cluster: Cluster, index: Index): boolean {
  if (policyOf(index) === null) return false;
  if (textSetting(index.settings, 'index.lifecycle.prefer_ilm') !== 'false') return true;
  const lifecycle = cluster.streams.get(index.stream ?? '')?.lifecycle ?? null;
  return lifecycle === null || lifecycle['enabled'] === false;
}

/** The time that ages are counted from: of the rollover, or else of the creation. */
export function lifecycleDateMs(index: Index): number {
  return index.rolledOverMs ?? index.createdMs;
}

export function phasesOf(cluster: Cluster, policy: string): JsonObject {
  return asObject(cluster.policies.get(policy)?.policy['phases']);
}

/** Puts an index that its policy has not met yet at the beginning, and gives up one that has another policy now. */
export function enterPolicy(cluster: Cluster, index: Index, nowMs: number): LifecycleState | null {
  const policy = policyOf(index);
  if (policy === null || !isManaged(cluster, index) || !cluster.policies.has(policy)) {
    index.lifecycle = null;
    return null;
  }
  if (index.lifecycle?.policy === policy) return index.lifecycle;
  const times = { phaseMs: nowMs, actionMs: nowMs, stepMs: nowMs };
  const state = {
    policy,
    phase: 'new',
    action: 'complete',
    step: 'complete',
    error: null,
    ...times,
  };
  index.lifecycle = state;
  const first = PHASES.find((phase) => phase in phasesOf(cluster, policy));
  if (first === 'hot') enterPhase(cluster, index, state, 'hot', nowMs);
  return state;
}

/** One look at an index, as the server takes one each poll. */
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

/** Actions that the stand-in carries out; a policy with others gets stuck there, for all to see. */
const ACTIONS = new Set(['delete', 'rollover', 'set_priority']);

export function enterPhase(
  cluster: Cluster,
  index: Index,
  state: LifecycleState,
  phase: string,
  nowMs: number,
): void {
  const actions = asObject(asObject(phasesOf(cluster, state.policy)[phase])['actions']);
  state.phase = phase;
  state.phaseMs = nowMs;
  const priority = asObject(actions['set_priority'])['priority'];
  if (typeof priority === 'number') {
    index.settings = { ...index.settings, 'index.priority': String(priority) };
  }
  const other = Object.keys(actions).find((action) => !ACTIONS.has(action));
  if (other !== undefined) {
    moveTo(state, other, other, nowMs);
    const info = {
      type: 'not_in_stand_in',
      reason: `the action [${other}] is not in this stand-in`,
    };
    state.error = { step: other, info, autoRetryable: false, retries: 0 };
  } else if (actions['rollover'] !== undefined)
    moveTo(state, 'rollover', 'check-rollover-ready', nowMs);
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
  const stream = index.stream === null ? undefined : cluster.streams.get(index.stream);
  if (stream === undefined && !complete) {
    const alias = textSetting(index.settings, 'index.lifecycle.rollover_alias');
    const reason =
      alias === null
        ? `setting [index.lifecycle.rollover_alias] for index [${index.name}] is empty or not defined`
        : 'the rollover of an alias is not in this stand-in';
    const type = alias === null ? 'illegal_argument_exception' : 'not_in_stand_in';
    fail(state, { type, reason }, true, nowMs);
    return;
  }
  const isWriter = stream?.indices.at(-1) === index;
  if (stream !== undefined && isWriter && !complete) {
    const phase = asObject(phasesOf(cluster, state.policy)['hot']);
    const conditions = asObject(asObject(phase['actions'])['rollover']);
    if (!isDue(index, nowMs, conditions)) return;
    rollOver(cluster, stream);
  }
  moveTo(state, 'complete', 'complete', nowMs);
}

/** An index that a data stream writes to waits until it no longer does. */
function remove(cluster: Cluster, index: Index, state: LifecycleState, nowMs: number): void {
  const stream = index.stream === null ? undefined : cluster.streams.get(index.stream);
  if (fails(cluster, index, state, nowMs) || stream?.indices.at(-1) === index) return;
  cluster.dropIndex(index);
}

/** True where a test has ordered that the step fails. */
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
