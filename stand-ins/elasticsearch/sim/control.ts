import { isObject, type JsonObject } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { ANY_NAMES, resolveNames } from '../state/names.ts';
import { toText } from '../state/source-slabs.ts';
import { API_NAMES } from './api-names.ts';
import { type ClockChange } from './clock.ts';
import { type Fault, type FaultOrder } from './faults.ts';
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

/** The state that a test can read and change. */
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
 *     POST tasks {looks | lost: true}: how often new tasks are shown as running; all tasks are gone
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
    case 'POST tasks':
      return json(200, changeTasks(cluster, toObject(body)));
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
        `no control ${method} /_sim/${path}; there are documents, counters, clock, lifecycle, tasks, faults, transforms`,
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

function changeTasks({ tasks }: Cluster, given: JsonObject): JsonObject {
  refuseOthers('tasks', given, ['looks', 'lost']);
  const { looks } = wholeNumber('tasks', given, 'looks');
  if (looks !== undefined) tasks.looks = looks;
  if (given['lost'] === true) tasks.forget();
  return { looks: tasks.looks };
}

function documents(cluster: Cluster, target: string | null): ControlAnswer {
  if (target === null || target === '')
    throw new ControlError(400, 'documents: the parameter target is missing');
  const indices = resolveNames(cluster, target.split(','), ANY_NAMES);
  const lines = function* (): Generator<string> {
    for (const index of indices) {
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
  const known = ['advanceMs', 'nowMs', 'offsetMs', 'real'];
  refuseOthers('clock', given, known);
  if (Object.keys(given).length === 0)
    throw new ControlError(400, `clock: give one of ${known.join(', ')}`);
  for (const name of known.slice(0, 3)) wholeNumber('clock', given, name);
  return given;
}

const KINDS: Readonly<Record<Fault['kind'], readonly string[]>> = {
  cut: ['atBytes'],
  hold: ['when'],
  item: ['containing', 'error', 'ids', 'seed', 'share', 'status'],
  reset: ['when'],
  slow: ['delayMs', 'when'],
  status: ['body', 'headers', 'status', 'when'],
};
const REQUIRED = new Set(['atBytes', 'delayMs', 'status']);

function toFaultOrder(given: JsonObject): FaultOrder {
  refuseOthers('faults', given, ['after', 'containing', 'fault', 'on', 'times']);
  const { after = 0, fault, on, times = 1 } = given;
  if (on !== 'any' && !API_NAMES.some((name) => name === on))
    throw new ControlError(400, `faults: on is one of any, ${API_NAMES.join(', ')}`);
  if (!isObject(fault)) throw new ControlError(400, 'faults: fault is missing');
  checkFault(fault);
  return { ...given, after, times, fault } as unknown as FaultOrder;
}

/** The names of its fields are checked; a test that gives a value of a wrong type sees no fault. */
function checkFault({ kind, ...given }: JsonObject): void {
  const known = KINDS[kind as Fault['kind']];
  if (known === undefined)
    throw new ControlError(400, `faults: kind is one of ${Object.keys(KINDS).join(', ')}`);
  refuseOthers('faults', given, known);
  const missing = known.find((name) => REQUIRED.has(name) && given[name] === undefined);
  if (missing !== undefined)
    throw new ControlError(400, `faults: a fault of kind ${String(kind)} needs ${missing}`);
}
