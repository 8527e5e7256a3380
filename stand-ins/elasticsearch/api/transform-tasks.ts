import { ApiError, invalidRequest, parseFailure } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { parseQueryDate } from '../search/date-math.ts';
import { DEFAULT_DATE_FORMAT } from '../text/dates.ts';
import { parseTimeMs } from '../text/time.ts';
import { dropIfMadeByTransform } from '../transform/destination.ts';
import { type Transform } from '../transform/transform.ts';
import { checkSourceAndDest } from '../transform/validate.ts';
import { findTransforms, oneTransform } from './transforms.ts';
import { ACKNOWLEDGED, type Call, type Route } from './call.ts';

const DEFAULT_TIMEOUT = '30s';

/** `_transform`: starts, stops and hurries them. */
export const transformTaskRoutes: readonly Route[] = [
  {
    api: 'transform',
    methods: ['POST'],
    paths: ['/_transform/{id}/_start'],
    parameters: ['from', 'timeout'],
    handle: start,
  },
  {
    api: 'transform',
    methods: ['POST'],
    paths: ['/_transform/{id}/_stop'],
    parameters: [
      'allow_no_match',
      'force',
      'timeout',
      'wait_for_checkpoint',
      'wait_for_completion',
    ],
    handle: stop,
  },
  {
    api: 'transform',
    methods: ['POST'],
    paths: ['/_transform/{id}/_reset'],
    parameters: ['force', 'timeout'],
    handle: reset,
  },
  {
    api: 'transform',
    methods: ['POST'],
    paths: ['/_transform/{id}/_schedule_now'],
    parameters: ['timeout'],
    handle: scheduleNow,
  },
];

function start(call: Call): Answer {
  const { cluster, parts, parameters } = call;
  const fromMs = parseFrom(call, parameters.text('from'));
  const transform = oneTransform(call, parts['id'] ?? '');
  const { id, sync } = transform.config;
  if (fromMs !== null && sync === null) {
    throw new ApiError(400, {
      type: 'status_exception',
      reason: `Transform configuration [${id}] has invalid elements: [Validation Failed: 1: [from] parameter is currently not supported for batch (non-continuous) transforms;]`,
    });
  }
  checkSourceAndDest(cluster, transform.config);
  transform.start(fromMs);
  return ACKNOWLEDGED;
}

function parseFrom({ cluster }: Call, text: string | undefined): number | null {
  if (text === undefined) return null;
  const date = parseQueryDate(text, DEFAULT_DATE_FORMAT, cluster.clock.nowMs(), false);
  if (typeof date !== 'number') throw parseFailure('Failed to parse date for [from]');
  return date;
}

async function stop(call: Call): Promise<Answer> {
  const { parameters } = call;
  const force = parameters.flag('force');
  const atCheckpoint = parameters.flag('wait_for_checkpoint');
  const wait = parameters.flag('wait_for_completion');
  const timeout = parameters.text('timeout') ?? DEFAULT_TIMEOUT;
  const timeoutMs = parseTimeMs('timeout', timeout);
  if (force && atCheckpoint)
    throw invalidRequest('cannot set both [force] and [wait_for_checkpoint] to true');
  const found = findTransforms(call);
  if (!force) refuseFailed(found);
  for (const transform of found) transform.stop(atCheckpoint);
  if (wait)
    for (const transform of found) await waitUntilStopped(call, transform, timeout, timeoutMs);
  return ACKNOWLEDGED;
}

async function waitUntilStopped(
  { cluster, signal }: Call,
  transform: Transform,
  timeout: string,
  timeoutMs: number,
): Promise<void> {
  const waited = new AbortController();
  const late = cluster.clock
    .until(cluster.clock.nowMs() + timeoutMs, AbortSignal.any([signal, waited.signal]))
    .then(() => 'late' as const);
  const first = await Promise.race([transform.stopped(), late]);
  waited.abort();
  if (first !== 'late') return;
  throw new ApiError(408, {
    type: 'status_exception',
    reason: `Timed out after [${timeout}] while waiting for transform [${transform.config.id}] to stop`,
  });
}

function refuseFailed(transforms: readonly Transform[]): void {
  const failed = transforms.filter(({ state }) => state === 'failed');
  const [only, ...more] = failed;
  if (only === undefined) return;
  const ids = failed.map(({ config }) => config.id).join(', ');
  const reasons = failed.map(({ reason }) => reason).join(', ');
  throw new ApiError(409, {
    type: 'status_exception',
    reason:
      more.length === 0
        ? `Unable to stop transform [${ids}] as it is in a failed state. Use force stop to stop the transform. More details: [${reasons}]`
        : `Unable to stop transforms. The following transforms are in a failed state [${ids}]. Use force stop to stop the transforms. More details: [${reasons}]`,
  });
}

async function reset(call: Call): Promise<Answer> {
  const { cluster, parts, parameters } = call;
  const force = parameters.flag('force');
  const transform = oneTransform(call, parts['id'] ?? '');
  const { id } = transform.config;
  if (transform.hasTask && !force) {
    throw new ApiError(409, {
      type: 'status_exception',
      reason: `Cannot reset transform [${id}] as the task is running. Stop the task first`,
    });
  }
  transform.stop(false);
  await transform.stopped();
  dropIfMadeByTransform(cluster, transform.config);
  transform.reset();
  return ACKNOWLEDGED;
}

function scheduleNow(call: Call): Answer {
  oneTransform(call, call.parts['id'] ?? '').scheduleNow();
  return ACKNOWLEDGED;
}
