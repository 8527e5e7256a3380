import { ApiError, type Fault } from '../errors.ts';
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

/** The answer of a search that no shard could carry out. */
export function allShardsFailed(
  failures: readonly ShardFailure[],
  nodeId: string,
  phase = 'query',
): ApiError {
  const roots = failures.flatMap(({ error }) => error.roots);
  const cause = failures[0] === undefined ? undefined : causeOf(failures[0].error);
  return new ApiError(
    failures[0]?.error.status ?? 400,
    {
      type: 'search_phase_execution_exception',
      reason: 'all shards failed',
      phase,
      grouped: true,
      failed_shards: showFailures(failures, nodeId),
      ...(cause === undefined ? {} : { caused_by: cause }),
    },
    { roots },
  );
}

/** The server repeats plain Java exceptions as the cause, twice, and what lies behind a failed query. */
function causeOf({ fault, roots: [root] }: ApiError): Fault | undefined {
  if (fault.type === 'illegal_argument_exception' && root !== undefined) {
    return { ...root, caused_by: fault };
  }
  return fault.type === root?.type ? undefined : fault.caused_by;
}
