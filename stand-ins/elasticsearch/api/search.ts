import { invalidRequest } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject, toDouble } from '../json/exact.ts';
import { computeAggregations } from '../search/aggregations/compute.ts';
import { count, type Found, search } from '../search/execute.ts';
import { showHit } from '../search/hits.ts';
import { parseQueryOnly, parseSearch, type SearchRequest } from '../search/request.ts';
import { type ShardFailure, showFailures } from '../search/shard-failures.ts';
import { type Cluster } from '../state/cluster.ts';
import { resolveNames } from '../state/names.ts';
import { asItIs, type Searched } from '../state/target.ts';
import { type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** `_search` and `_count`. */
export const searchRoutes: readonly Route[] = [
  {
    api: 'search',
    methods: ['GET', 'POST'],
    paths: ['/_search', '/{index}/_search'],
    parameters: NAME_PARAMETERS,
    handle: handleSearch,
  },
  {
    api: 'count',
    methods: ['GET', 'POST'],
    paths: ['/{index}/_count'],
    parameters: NAME_PARAMETERS,
    handle: handleCount,
  },
];

function targetsOf(call: Call): Searched[] {
  const options = toNameOptions(call.parameters);
  return resolveNames(call.cluster, namesOf(call, 'index'), options).map(asItIs);
}

/** The indices of a search's point in time, or those of its path. */
function searchedBy(call: Call, { pit }: SearchRequest): Searched[] {
  if (pit === null) return targetsOf(call);
  const { cluster, parts } = call;
  if (parts['index'] !== undefined)
    throw invalidRequest('[indices] cannot be used with point in time');
  const { clock, indices, pointsInTime } = cluster;
  return pointsInTime.search(pit.id, pit.keepAliveMs, indices, clock.nowMs());
}

function handleSearch(call: Call): Answer {
  const startedMs = performance.now();
  const request = parseSearch(call.body.optionalObject());
  const targets = searchedBy(call, request);
  const found = search(call.cluster, targets, request);
  const took = Math.round(performance.now() - startedMs);
  return ok(toAnswer(call.cluster, request, targets.length, found, took));
}

function toAnswer(
  cluster: Cluster,
  request: SearchRequest,
  shards: number,
  { failures, matches, scopes, total }: Found,
  took: number,
): JsonObject {
  const { aggregations, pit, sort, trackTotalHits } = request;
  const score = sort.length === 0 ? toDouble(1) : null;
  const value = Math.min(total, trackTotalHits);
  const relation = total > trackTotalHits ? 'gte' : 'eq';
  return {
    ...(pit === null ? {} : { pit_id: pit.id }),
    took,
    timed_out: false,
    _shards: toShards(cluster, shards, failures),
    hits: {
      ...(trackTotalHits < 0 ? {} : { total: { value, relation } }),
      max_score: matches.length === 0 ? null : score,
      hits: matches.map((match) => showHit(request, match, score)),
    },
    ...(aggregations.length === 0
      ? {}
      : { aggregations: computeAggregations(aggregations, scopes, cluster.clock.nowMs()) }),
  };
}

function handleCount(call: Call): Answer {
  const query = parseQueryOnly(call.body.optionalObject());
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
