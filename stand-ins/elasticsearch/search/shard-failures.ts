import { ApiError } from '../errors.ts';
import { type JsonObject } from '../json/exact.ts';
import { type Index } from '../state/index.ts';

/** Why the shard of one index did not answer. */
export interface ShardFailure {
  readonly index: Index;
  readonly error: ApiError;
}

export function showFailures(failures: readonly ShardFailure[], nodeId: string): JsonObject[] {
  return failures.map(({ index, error }) => ({
    shard: 0,
    index: index.name,
    node: error.status === 503 ? null : nodeId,
    reason: error.fault,
  }));
}

/** The answer of a search that failed on all shards. */
export function allShardsFailed(failures: readonly ShardFailure[], nodeId: string): ApiError {
  const roots = failures.flatMap(({ error }) => error.roots);
  const fault = {
    type: 'search_phase_execution_exception',
    reason: 'all shards failed',
    phase: 'query',
    grouped: true,
    failed_shards: showFailures(failures, nodeId),
  };
  return new ApiError(failures[0]?.error.status ?? 400, fault, { roots });
}
