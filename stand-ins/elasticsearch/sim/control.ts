import { isObject, type JsonObject } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { resolveNames } from '../state/names.ts';
import { toText } from '../state/source-slabs.ts';
import { API_NAMES } from './api-names.ts';
import { type ClockChange } from './clock.ts';
import { type Fault, type FaultOrder, type When } from './faults.ts';
import {
  type ControlAnswer,
  ControlError,
  json,
  refuseOthers,
  toObject,
  wholeNumber,
} from './input.ts';
import { type Transforms } from '../transform/transform.ts';
import { controlTransforms } from './transforms.ts';

/** What a test may look at and change. */
export interface Controlled {
  readonly cluster: Cluster;
  readonly transforms: Transforms;
}

/**
 * The stand-in's own API under `/_sim/`: no authentication, JSON in and out.
 *
 *     GET  documents?target=…   NDJSON of everything stored, refreshed or not
 *     GET  counters             POST counters/reset
 *     GET  clock                POST clock {nowMs | advanceMs | offsetMs | real}
 *     POST lifecycle {index, type, reason, autoRetryable, times}: the next steps of the index's policy fail
 *     GET  faults               POST faults {on, containing, after, times, fault}    DELETE faults
 *     POST transforms/…         see `transforms.ts`
 */
export async function control(
  controlled: Controlled,
  method: string,
  url: URL,
  body: string,
): Promise<ControlAnswer> {
  try {
    return await dispatch(controlled, method, url, body);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return json(error.status, { error: error.message });
  }
}

function dispatch(
  { cluster, transforms }: Controlled,
  method: string,
  url: URL,
  body: string,
): ControlAnswer | Promise<ControlAnswer> {
  const path = url.pathname.slice('/_sim/'.length);
  if (method === 'POST' && path.startsWith('transforms/')) {
    const action = path.slice('transforms/'.length);
    return controlTransforms(cluster, transforms, action, body === '' ? {} : toObject(body));
  }
  switch (`${method} ${path}`) {
    case 'GET documents':
      return documents(cluster, url.searchParams.get('target'));
    case 'GET counters':
      return json(200, cluster.counters.state());
    case 'POST counters/reset':
      cluster.counters.reset();
      return json(200, cluster.counters.state());
    case 'GET clock':
      return json(200, cluster.clock.state());
    case 'POST clock':
      cluster.clock.change(toClockChange(toObject(body)));
      for (const transform of transforms.values()) transform.clockMoved();
      return json(200, cluster.clock.state());
    case 'POST lifecycle':
      return json(200, orderFailure(cluster, toObject(body)));
    case 'GET faults':
      return json(200, cluster.faults.state());
    case 'POST faults':
      cluster.faults.arm(toFaultOrder(toObject(body)));
      return json(200, cluster.faults.state());
    case 'DELETE faults':
      cluster.faults.disarm();
      return json(200, cluster.faults.state());
    default:
      throw new ControlError(
        404,
        `no control ${method} /_sim/${path}; there are documents, counters, clock, lifecycle, faults, transforms`,
      );
  }
}

function orderFailure(cluster: Cluster, given: JsonObject): JsonObject {
  refuseOthers('lifecycle', given, ['autoRetryable', 'index', 'reason', 'times', 'type']);
  const { index, reason, type = 'illegal_argument_exception', autoRetryable = true } = given;
  if (typeof index !== 'string' || !cluster.indices.has(index))
    throw new ControlError(400, 'lifecycle: index is the name of an index');
  if (typeof reason !== 'string') throw new ControlError(400, 'lifecycle: reason is a text');
  const left = wholeNumber('lifecycle', given, 'times').times ?? 1;
  const info = { type: String(type), reason };
  cluster.lifecycles.failures.set(index, { info, autoRetryable: autoRetryable === true, left });
  return { index, left };
}

function documents(cluster: Cluster, target: string | null): ControlAnswer {
  if (target === null || target === '')
    throw new ControlError(400, 'documents: the parameter target is missing');
  const options = { ignoreUnavailable: true, allowNoIndices: true, hidden: true, streams: true };
  const targets = resolveNames(cluster, target.split(','), options);
  const lines = function* (): Generator<string> {
    for (const { index } of targets) {
      for (const document of index.documents.log) {
        if (document.endSeqNo !== Infinity) continue;
        const head = JSON.stringify({
          _index: index.name,
          _id: document.id,
          _seq_no: document.seqNo,
        });
        yield `${head.slice(0, -1)},"_source":${toText(document.source)}}\n`;
      }
    }
  };
  return { status: 200, contentType: 'application/x-ndjson', chunks: lines() };
}

function toClockChange(given: JsonObject): ClockChange {
  refuseOthers('clock', given, ['advanceMs', 'nowMs', 'offsetMs', 'real']);
  if (Object.keys(given).length === 0) {
    throw new ControlError(400, 'clock: give nowMs, advanceMs, offsetMs or real');
  }
  if (given['real'] !== undefined && given['real'] !== true) {
    throw new ControlError(400, 'clock: real can only be true');
  }
  return {
    ...(given['real'] === true ? { real: true } : {}),
    ...wholeNumber('clock', given, 'offsetMs'),
    ...wholeNumber('clock', given, 'nowMs'),
    ...wholeNumber('clock', given, 'advanceMs'),
  };
}

const KINDS = ['cut', 'hold', 'item', 'reset', 'slow', 'status'];

function toFaultOrder(given: JsonObject): FaultOrder {
  refuseOthers('faults', given, ['after', 'containing', 'fault', 'on', 'times']);
  const on =
    API_NAMES.find((name) => name === given['on']) ?? (given['on'] === 'any' ? 'any' : null);
  if (on === null) throw new ControlError(400, `faults: on is one of any, ${API_NAMES.join(', ')}`);
  const { after = 0 } = wholeNumber('faults', given, 'after');
  const times =
    given['times'] === null ? null : (wholeNumber('faults', given, 'times')['times'] ?? 1);
  if (!isObject(given['fault'])) throw new ControlError(400, 'faults: fault is missing');
  return { on, ...textToHold(given), after, times, fault: toFault(given['fault']) };
}

function textToHold({ containing }: JsonObject): { containing?: string } {
  if (containing === undefined) return {};
  if (typeof containing !== 'string') {
    throw new ControlError(400, 'faults: containing is a text');
  }
  return { containing };
}

function toFault(given: JsonObject): Fault {
  const { kind } = given;
  const whenOf = (): { when?: When } => {
    if (given['when'] === undefined) return {};
    if (given['when'] !== 'after' && given['when'] !== 'before') {
      throw new ControlError(400, 'faults: when is before or after');
    }
    return { when: given['when'] };
  };
  const required = (name: string): number => {
    const value = wholeNumber('faults', given, name)[name];
    if (value === undefined)
      throw new ControlError(400, `faults: a fault of kind ${String(kind)} needs ${name}`);
    return value;
  };
  switch (kind) {
    case 'reset':
    case 'hold':
      refuseOthers('faults', given, ['kind', 'when']);
      return { kind, ...whenOf() };
    case 'slow':
      refuseOthers('faults', given, ['delayMs', 'kind', 'when']);
      return { kind, delayMs: required('delayMs'), ...whenOf() };
    case 'cut':
      refuseOthers('faults', given, ['atBytes', 'kind']);
      return { kind, atBytes: required('atBytes') };
    case 'status':
      refuseOthers('faults', given, ['body', 'headers', 'kind', 'status', 'when']);
      return {
        kind,
        status: required('status'),
        ...('body' in given ? { body: given['body'] } : {}),
        ...(isObject(given['headers']) ? { headers: toTexts(given['headers']) } : {}),
        ...whenOf(),
      };
    case 'item':
      return toItemFault(given, required('status'));
    default:
      throw new ControlError(400, `faults: kind is one of ${KINDS.join(', ')}`);
  }
}

function toItemFault(given: JsonObject, status: number): Fault {
  refuseOthers('faults', given, ['containing', 'error', 'ids', 'kind', 'seed', 'share', 'status']);
  const { error, ids, share } = given;
  if (
    error !== undefined &&
    !(isObject(error) && typeof error['type'] === 'string' && typeof error['reason'] === 'string')
  ) {
    throw new ControlError(400, 'faults: error needs type and reason');
  }
  if (ids !== undefined && !Array.isArray(ids))
    throw new ControlError(400, 'faults: ids is a list of texts');
  if (share !== undefined && !(typeof share === 'number' && share >= 0 && share <= 1)) {
    throw new ControlError(400, 'faults: share is a number from 0 to 1');
  }
  return {
    kind: 'item',
    status,
    ...(error === undefined
      ? {}
      : { error: { ...error, type: String(error['type']), reason: String(error['reason']) } }),
    ...(Array.isArray(ids) ? { ids: ids.map(String) } : {}),
    ...textToHold(given),
    ...(typeof share === 'number' ? { share } : {}),
    ...wholeNumber('faults', given, 'seed'),
  };
}

function toTexts(given: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}
