import { invalidRequest, notInStandIn } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject, toDouble } from '../json/exact.ts';
import { computeAggregations } from '../search/aggregations/compute.ts';
import { count, type Found, search } from '../search/execute.ts';
import { showHit } from '../search/hits.ts';
import { scoreOf } from '../search/score.ts';
import { allShardsFailed, type ShardFailure, showFailures } from '../search/shard-failures.ts';
import { parseQueryOnly, parseSearch, type SearchRequest } from '../search/request.ts';
import { SOURCE_PARAMETERS } from '../search/source-filter.ts';
import { resolveNames } from '../state/names.ts';
import { asItIs, type Searched } from '../state/target.ts';
import { keepAliveFault } from './points-in-time.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

const QUERY_STRING = ['analyze_wildcard', 'analyzer', 'default_operator', 'df', 'lenient', 'q'];

/** `_search` and `_count`. */
export const searchRoutes: readonly Route[] = [
  {
    api: 'search',
    methods: ['GET', 'POST'],
    paths: ['/_search', '/{index}/_search'],
    parameters: [
      ...NAME_PARAMETERS,
      ...QUERY_STRING,
      ...SOURCE_PARAMETERS,
      'allow_partial_search_results',
      'batched_reduce_size',
      'ccs_minimize_roundtrips',
      'docvalue_fields',
      'explain',
      'force_synthetic_source',
      'from',
      'ignore_throttled',
      'include_named_queries_score',
      'max_concurrent_shard_requests',
      'pre_filter_shard_size',
      'preference',
      'profile',
      'request_cache',
      'routing',
      'scroll',
      'search_type',
      'seq_no_primary_term',
      'size',
      'sort',
      'stats',
      'suggest_field',
      'suggest_mode',
      'suggest_size',
      'suggest_text',
      'timeout',
      'track_scores',
      'track_total_hits',
      'typed_keys',
      'version',
    ],
    handle: handleSearch,
  },
  {
    api: 'count',
    methods: ['GET', 'POST'],
    paths: ['/_count', '/{index}/_count'],
    parameters: [
      ...NAME_PARAMETERS,
      ...QUERY_STRING,
      'ignore_throttled',
      'min_score',
      'preference',
      'routing',
    ],
    handle: handleCount,
  },
];

function targetsOf(call: Call): Searched[] {
  const options = toNameOptions(call.parameters);
  return resolveNames(call.cluster, namesOf(call, 'index'), options).map(asItIs);
}

/** The indices of a search's point in time, or those that its path names. */
function searchedBy(call: Call, { pit }: SearchRequest): Searched[] {
  if (pit === null) return targetsOf(call);
  const { cluster, parameters, parts } = call;
  const given = (name: string): boolean => parameters.text(name) !== undefined;
  const faults = [
    ...(parts['index'] === undefined
      ? []
      : [
          '[indices] cannot be used with point in time. Do not specify any index with point in time.',
        ]),
    ...(NAME_PARAMETERS.some(given) ? ['[indicesOptions] cannot be used with point in time'] : []),
    ...(given('routing') ? ['[routing] cannot be used with point in time'] : []),
    ...(given('preference') ? ['[preference] cannot be used with point in time'] : []),
  ];
  if (faults.length > 0) throw invalidRequest(...faults);
  const targets = cluster.pointsInTime.search(pit.id, pit.keepAliveMs, {
    indices: cluster.indices,
    nowMs: cluster.clock.nowMs(),
  });
  const error = keepAliveFault(pit.keepAlive ?? '', pit.keepAliveMs ?? 0);
  if (error === null) return targets;
  const failures = targets.map(({ index }) => ({ index, error }));
  throw allShardsFailed(failures, cluster.nodeId);
}

function handleSearch(call: Call): Answer {
  const startedMs = performance.now();
  for (const name of ['q', 'scroll']) {
    if (call.parameters.text(name) !== undefined) throw notInStandIn(`[${name}] of a search`);
  }
  const request = parseSearch(call);
  const targets = searchedBy(call, request);
  const found = search(call.cluster, targets, request);
  const took = Math.round(performance.now() - startedMs);
  return ok(toAnswer(call.cluster, request, targets.length, found, took));
}

function toAnswer(
  cluster: Cluster,
  request: SearchRequest,
  shards: number,
  found: Found,
  took: number,
): JsonObject {
  const byScore = request.sort.length === 0 || request.sort.some(({ field }) => field === '_score');
  const score = byScore ? toDouble(scoreOf(request.query)) : null;
  const counted =
    request.size === 0 && request.trackTotalHits === Infinity && request.aggregations.length === 0;
  const value = Math.min(found.total, request.trackTotalHits);
  const relation = found.total > request.trackTotalHits ? 'gte' : 'eq';
  const total = { value, relation };
  return {
    ...(request.pit === null ? {} : { pit_id: request.pit.id }),
    took,
    timed_out: false,
    ...(counted ? { terminated_early: false } : {}),
    _shards: toShards(cluster, shards, found.failures),
    hits: {
      ...(request.trackTotalHits < 0 ? {} : { total }),
      max_score: shards === 0 ? toDouble(0) : found.matches.length === 0 ? null : score,
      hits: found.matches.map((match) => showHit(request, match, score)),
    },
    ...(request.aggregations.length === 0
      ? {}
      : {
          aggregations: computeAggregations(
            request.aggregations,
            found.scopes,
            cluster.clock.nowMs(),
          ),
        }),
  };
}

function handleCount(call: Call): Answer {
  if (call.parameters.text('q') !== undefined) throw notInStandIn('[q] of a count');
  const query = parseQueryOnly(call);
  const targets = targetsOf(call);
  const { total, failures } = count(call.cluster, targets, query);
  return ok({ count: total, _shards: toShards(call.cluster, targets.length, failures) });
}

/** One shard an index. */
function toShards(cluster: Cluster, total: number, failures: readonly ShardFailure[]): JsonObject {
  return {
    total,
    successful: total - failures.length,
    skipped: 0,
    failed: failures.length,
    ...(failures.length > 0 ? { failures: showFailures(failures, cluster.nodeId) } : {}),
  };
}
