import { ApiError, illegalArgument, resourceNotFound } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { showConfig } from '../transform/config.ts';
import { parseConfig, parseUpdate } from '../transform/parse-config.ts';
import { setUpDestination, destinationIndices } from '../transform/destination.ts';
import { Transform } from '../transform/transform.ts';
import { checkConfig, checkSourceAndDest } from '../transform/validate.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

const PAGE_PARAMETERS = ['allow_no_match', 'from', 'size'];
const DEFAULT_SIZE = 100;

/** `_transform`: what transforms are told to do, and what they say of themselves. */
export const transformRoutes: readonly Route[] = [
  {
    api: 'transform',
    methods: ['PUT'],
    paths: ['/_transform/{id}'],
    parameters: ['defer_validation', 'timeout'],
    handle: put,
  },
  {
    api: 'transform',
    methods: ['GET'],
    paths: ['/_transform', '/_transform/{id}'],
    parameters: [...PAGE_PARAMETERS, 'exclude_generated'],
    handle: get,
  },
  {
    api: 'transform',
    methods: ['GET'],
    paths: ['/_transform/_stats', '/_transform/{id}/_stats'],
    parameters: [...PAGE_PARAMETERS, 'basic', 'timeout'],
    handle: stats,
  },
  {
    api: 'transform',
    methods: ['POST'],
    paths: ['/_transform/{id}/_update'],
    parameters: ['defer_validation', 'timeout'],
    handle: update,
  },
  {
    api: 'transform',
    methods: ['DELETE'],
    paths: ['/_transform/{id}'],
    parameters: ['delete_dest_index', 'force', 'timeout'],
    handle: remove,
  },
];

function put(call: Call): Answer {
  const { cluster, transforms, parts, parameters } = call;
  const { id = '' } = parts;
  const deferred = parameters.flag('defer_validation');
  const config = parseConfig(call.body, id, cluster.clock.nowMs());
  checkConfig(cluster, config);
  if (transforms.has(id)) {
    throw new ApiError(400, {
      type: 'resource_already_exists_exception',
      reason: `Transform with id [${id}] already exists`,
    });
  }
  if (!deferred) checkSourceAndDest(cluster, config);
  transforms.set(id, new Transform(cluster, config));
  return ACKNOWLEDGED;
}

function update(call: Call): Answer {
  const { cluster, parts, parameters } = call;
  const deferred = parameters.flag('defer_validation');
  const change = parseUpdate(call.body);
  const transform = oneTransform(call, parts['id'] ?? '');
  const config = change(transform.config);
  checkConfig(cluster, config, true);
  if (!deferred) checkSourceAndDest(cluster, config);
  // a destination that is there keeps the aliases that it has: the next start sets those of the configuration
  if (transform.isStarted && destinationIndices(cluster, config).length === 0)
    setUpDestination(cluster, config);
  transform.replaceConfig(config);
  return ok(showConfig(config));
}

function get(call: Call): Answer {
  const short = call.parameters.flag('exclude_generated');
  const all = findTransforms(call);
  const shown = pageOf(call, all).map(({ config }) => showConfig(config, short));
  return ok({ count: all.length, transforms: shown });
}

function stats(call: Call): Answer {
  call.parameters.flag('basic');
  const all = findTransforms(call, { missingIsNone: true });
  const shown = pageOf(call, all).map((transform) => transform.showStats());
  return ok({ count: all.length, transforms: shown });
}

async function remove(call: Call): Promise<Answer> {
  const { cluster, transforms, parts, parameters } = call;
  const force = parameters.flag('force');
  const withIndex = parameters.flag('delete_dest_index');
  const transform = oneTransform(call, parts['id'] ?? '');
  const { id } = transform.config;
  if (transform.hasTask && !force) {
    throw new ApiError(409, {
      type: 'status_exception',
      reason: `Cannot delete transform [${id}] as the task is running. Stop the task first`,
    });
  }
  transform.stop(false);
  await transform.stopped();
  if (withIndex)
    for (const index of destinationIndices(cluster, transform.config)) cluster.dropIndex(index);
  transforms.delete(id);
  return ACKNOWLEDGED;
}

/** @throws {ApiError} 404 */
export function oneTransform({ transforms }: Call, id: string): Transform {
  const transform = transforms.get(id);
  if (transform === undefined) throw missing(id);
  return transform;
}

/**
 * Those that the path names, in the order of their ids.
 * @param missingIsNone an exact id that is not there is no error
 * @throws {ApiError} 404
 */
export function findTransforms(call: Call, { missingIsNone = false } = {}): Transform[] {
  const { transforms, parameters } = call;
  const allowNone = parameters.flag('allow_no_match', true);
  const names = namesOf(call, 'id').map((name) => (name === '_all' ? '*' : name));
  const ids = [...transforms.keys()].sort();
  for (const name of names) {
    const found = ids.some((id) => matchesPattern(name, id));
    const tolerated = allowNone && (isPattern(name) || missingIsNone);
    if (!found && !tolerated) throw missing(name);
  }
  return ids
    .filter((id) => names.some((name) => matchesPattern(name, id)))
    .map((id) => oneTransform(call, id));
}

function pageOf(call: Call, all: readonly Transform[]): readonly Transform[] {
  const from = call.parameters.integer('from') ?? 0;
  const size = call.parameters.integer('size') ?? DEFAULT_SIZE;
  if (from < 0) throw illegalArgument('Parameter [from] cannot be < 0');
  if (size < 0) throw illegalArgument('Parameter [size] cannot be < 0');
  return all.slice(from, from + size);
}

function missing(id: string): ApiError {
  return resourceNotFound(`Transform with id [${id}] could not be found`);
}
