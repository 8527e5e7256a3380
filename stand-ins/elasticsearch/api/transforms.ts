import { ApiError, illegalArgument, invalidRequest, resourceNotFound } from '../errors.ts';
import { type JsonObject } from '../json/exact.ts';
import { checkOwner, hand } from '../security/transform-owner.ts';
import { type Answer } from '../http/router.ts';
import { parseQueryDate } from '../search/date-math.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { checkConfig, checkSourceAndDest } from '../transform/check-config.ts';
import { showConfig } from '../transform/config.ts';
import { parseConfig, parseUpdate } from '../transform/parse-config.ts';
import {
  destinationIndices,
  dropIfMadeByTransform,
  setUpDestination,
} from '../transform/destination.ts';
import { Transform } from '../transform/transform.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

const PATH = '/_transform/{id}';
const DEFAULT_SIZE = 100;

/** `_transform`: create, read, update and delete transforms; start, stop and reset them. */
export const transformRoutes: readonly Route[] = [
  route('PUT', [PATH], ['defer_validation'], put),
  route('GET', ['/_transform', PATH], ['from', 'size'], get),
  route('GET', ['/_transform/_stats', `${PATH}/_stats`], ['basic'], stats),
  route('POST', [`${PATH}/_update`], ['defer_validation'], update),
  route('DELETE', [PATH], ['delete_dest_index', 'force'], remove),
  route('POST', [`${PATH}/_start`], ['from'], start),
  route('POST', [`${PATH}/_stop`], ['force', 'wait_for_checkpoint', 'wait_for_completion'], stop),
  route('POST', [`${PATH}/_reset`], ['force'], reset),
  route('POST', [`${PATH}/_schedule_now`], [], (call) => {
    named(call).scheduleNow();
    return ACKNOWLEDGED;
  }),
];

function route(
  method: 'DELETE' | 'GET' | 'POST' | 'PUT',
  paths: readonly string[],
  parameters: readonly string[],
  handle: Route['handle'],
): Route {
  return { api: 'transform', methods: [method], paths, parameters, handle };
}

function put(call: Call): Answer {
  const { body, cluster, parameters, parts, transforms } = call;
  const { id = '' } = parts;
  const config = parseConfig(body.object(), id, cluster.clock.nowMs());
  checkConfig(cluster, config);
  if (transforms.has(id)) {
    throw new ApiError(400, {
      type: 'resource_already_exists_exception',
      reason: `Transform with id [${id}] already exists`,
    });
  }
  if (!parameters.flag('defer_validation')) {
    checkOwner(call, config, 'create');
    checkSourceAndDest(cluster, config);
  }
  const transform = new Transform(cluster, config);
  hand(call, transform);
  transforms.set(id, transform);
  return ACKNOWLEDGED;
}

function update(call: Call): Answer {
  const { body, cluster, parameters } = call;
  const change = parseUpdate(body.object());
  const transform = named(call);
  const config = change(transform.config);
  checkConfig(cluster, config);
  if (!parameters.flag('defer_validation')) {
    checkOwner(call, config, 'update');
    checkSourceAndDest(cluster, config);
  }
  hand(call, transform);
  // a destination that exists keeps its aliases: the next start sets those of the configuration
  if (transform.isStarted && destinationIndices(cluster, config).length === 0)
    setUpDestination(cluster, config);
  transform.replaceConfig(config);
  return ok(show(transform));
}

function get(call: Call): Answer {
  const from = call.parameters.integer('from') ?? 0;
  const size = call.parameters.integer('size') ?? DEFAULT_SIZE;
  const found = find(call);
  return ok({ count: found.length, transforms: found.slice(from, from + size).map(show) });
}

function show({ config, owner }: Transform): JsonObject {
  const { id, ...rest } = showConfig(config);
  const authorization = owner === null ? {} : { authorization: { api_key: owner } };
  return { id, ...authorization, ...rest };
}

/** A missing transform has no statistics, and is no error. */
function stats(call: Call): Answer {
  const shown = find(call, true).map((transform) => transform.showStats());
  return ok({ count: shown.length, transforms: shown });
}

async function remove(call: Call): Promise<Answer> {
  const { cluster, parameters, transforms } = call;
  const transform = named(call);
  await stopByForce(call, transform, 'delete');
  if (parameters.flag('delete_dest_index'))
    for (const index of destinationIndices(cluster, transform.config)) cluster.dropIndex(index);
  transforms.delete(transform.config.id);
  return ACKNOWLEDGED;
}

function start(call: Call): Answer {
  const { cluster, parameters } = call;
  const from = parameters.text('from');
  const fromMs =
    from === undefined ? null : parseQueryDate(from, undefined, cluster.clock.nowMs(), false);
  if (fromMs !== null && typeof fromMs !== 'number') throw illegalArgument(fromMs.reason);
  const transform = named(call);
  if (fromMs !== null && transform.config.sync === null)
    throw illegalArgument('[from] is only for continuous transforms');
  checkSourceAndDest(cluster, transform.config);
  transform.start(fromMs);
  return ACKNOWLEDGED;
}

async function stop(call: Call): Promise<Answer> {
  const { parameters } = call;
  const force = parameters.flag('force');
  const atCheckpoint = parameters.flag('wait_for_checkpoint');
  if (force && atCheckpoint)
    throw invalidRequest('cannot set both [force] and [wait_for_checkpoint] to true');
  const found = find(call);
  const failed = found.find(({ state }) => state === 'failed');
  if (failed !== undefined && !force) {
    throw conflict(
      `Unable to stop transform [${failed.config.id}] as it is in a failed state. Use force stop to stop the transform. More details: [${failed.reason ?? ''}]`,
    );
  }
  for (const transform of found) transform.stop(atCheckpoint);
  if (parameters.flag('wait_for_completion'))
    for (const transform of found) await transform.stopped();
  return ACKNOWLEDGED;
}

async function reset(call: Call): Promise<Answer> {
  const transform = named(call);
  await stopByForce(call, transform, 'reset');
  dropIfMadeByTransform(call.cluster, transform.config);
  transform.reset();
  return ACKNOWLEDGED;
}

/** @throws {ApiError} 409 if it runs and `force` is not given */
async function stopByForce(
  { parameters }: Call,
  transform: Transform,
  verb: 'delete' | 'reset',
): Promise<void> {
  if (transform.hasTask && !parameters.flag('force')) {
    throw conflict(
      `Cannot ${verb} transform [${transform.config.id}] as the task is running. Stop the task first`,
    );
  }
  transform.stop(false);
  await transform.stopped();
}

/** The transform of the path. @throws {ApiError} 404 */
function named({ parts: { id = '' }, transforms }: Call): Transform {
  const transform = transforms.get(id);
  if (transform === undefined) throw missing(id);
  return transform;
}

/**
 * The transforms of the path, in the order of their ids.
 * @param missingIsNone a missing id is no error
 * @throws {ApiError} 404
 */
function find(call: Call, missingIsNone = false): Transform[] {
  const names = namesOf(call, 'id');
  const all = [...call.transforms].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const name of names) {
    const found = all.some(([id]) => matchesPattern(name, id));
    if (!found && !isPattern(name) && !missingIsNone) throw missing(name);
  }
  return all
    .filter(([id]) => names.some((name) => matchesPattern(name, id)))
    .map(([, transform]) => transform);
}

function missing(id: string): ApiError {
  return resourceNotFound(`Transform with id [${id}] could not be found`);
}

function conflict(reason: string): ApiError {
  return new ApiError(409, { type: 'status_exception', reason });
}
