import {
  ApiError,
  illegalArgument,
  invalidRequest,
  parseFailure,
  refuseUnknownFields,
} from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { allShardsFailed } from '../search/shard-failures.ts';
import { resolveNames } from '../state/names.ts';
import { parseQuery } from '../search/query.ts';
import { parseTimeMs } from '../text/time.ts';
import { type Call, namesOf, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** `_pit`: views that stay as they are while documents change. */
export const pointInTimeRoutes: readonly Route[] = [
  {
    api: 'pit',
    methods: ['POST'],
    paths: ['/_pit', '/{index}/_pit'],
    parameters: [
      ...NAME_PARAMETERS,
      'allow_partial_search_results',
      'ignore_throttled',
      'keep_alive',
      'max_concurrent_shard_requests',
      'preference',
      'routing',
    ],
    handle: open,
  },
  { api: 'pit', methods: ['DELETE'], paths: ['/_pit'], parameters: [], handle: close },
];

const MAX_KEEP_ALIVE_MS = 86_400_000;

function open(call: Call): Answer {
  const { cluster, parameters, parts } = call;
  const keepAlive = parameters.text('keep_alive');
  const keepAliveMs = keepAlive === undefined ? null : parseTimeMs('keep_alive', keepAlive);
  const faults = [
    ...(parts['index'] === undefined ? ['[index] is not specified'] : []),
    ...(keepAliveMs === null ? ['[keep_alive] is not specified'] : []),
  ];
  if (faults.length > 0 || keepAliveMs === null) throw invalidRequest(...faults);
  checkFilter(call);
  const targets = resolveNames(cluster, namesOf(call, 'index'), toNameOptions(parameters));
  const failures = targets.flatMap(({ index }) => {
    const error = keepAliveFault(keepAlive ?? '', keepAliveMs);
    return error === null ? [] : [{ index, error }];
  });
  if (failures.length > 0) {
    throw allShardsFailed(failures, cluster.nodeId, 'indices:data/read/open_point_in_time');
  }
  for (const { index } of targets) index.settleForSearch();
  const total = targets.length;
  return {
    status: 200,
    body: {
      id: cluster.pointsInTime.open(targets, keepAliveMs, cluster.clock.nowMs()),
      _shards: { total, successful: total, skipped: 0, failed: 0 },
    },
  };
}

/** Null for a time that a view may be kept. */
export function keepAliveFault(text: string, ms: number): ApiError | null {
  if (ms <= MAX_KEEP_ALIVE_MS) return null;
  return illegalArgument(
    `Keep alive for request (${text}) is too large. It must be less than (1d). This limit can be set by changing the [search.max_keep_alive] cluster level setting.`,
  );
}

/** The filter spares the real server work; which documents are seen does not depend on it. */
function checkFilter({ body }: Call): void {
  const given = body.optionalObject();
  refuseUnknownFields('open_point_in_time_request', given, ['index_filter']);
  if (given['index_filter'] !== undefined) {
    parseQuery(given['index_filter']);
  }
}

function close({ body, cluster }: Call): Answer {
  if (body.isEmpty) throw parseFailure('request body or source parameter is required');
  const given = body.optionalObject();
  const other = Object.keys(given).find((name) => name !== 'id');
  if (other !== undefined) {
    throw illegalArgument(
      `Unknown parameter [${other}] in request body or parameter is of the wrong type[FIELD_NAME] `,
    );
  }
  const { id } = given;
  if (id === undefined) throw illegalArgument('search context id is is not provided');
  if (typeof id !== 'string') throw illegalArgument('the request must contain only [id field');
  const freed = cluster.pointsInTime.close(id, cluster.clock.nowMs());
  return { status: freed > 0 ? 200 : 404, body: { succeeded: freed > 0, num_freed: freed } };
}
