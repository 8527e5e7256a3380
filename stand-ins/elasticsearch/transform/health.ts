import { type JsonObject } from '../json/exact.ts';
import { type Failures } from './failures.ts';

const RED_ABOVE_FAILURES = 5;

/** The possible troubles of a transform; `null` if there is none of the kind. */
interface Troubles {
  readonly failure: { readonly reason: string | null; readonly atMs: number | null } | null;
  readonly waitingFor: string | null;
  readonly failures: Failures | null;
}

/** The health of a transform as its statistics show it. */
export function showHealth({ failure, waitingFor, failures }: Troubles): JsonObject {
  const issues: JsonObject[] = [];
  if (failure !== null) {
    issues.push({
      type: 'transform_task_failed',
      issue: 'Transform task state is [failed]',
      details: failure.reason,
      count: 1,
      ...(failure.atMs === null ? {} : { first_occurrence: failure.atMs }),
    });
  }
  if (waitingFor !== null) {
    issues.push({
      type: 'assignment_failed',
      issue: 'Failed to assign transform to a node',
      details: waitingFor,
      count: 1,
    });
  }
  if (failures !== null) {
    issues.push({
      type: 'transform_indexer_failed',
      issue: 'Transform indexer failed',
      details: failures.message,
      count: failures.count,
      first_occurrence: failures.firstMs,
    });
  }
  if (issues.length === 0) return { status: 'green' };
  const passing = failures !== null && failures.count <= RED_ABOVE_FAILURES && issues.length === 1;
  return { status: passing ? 'yellow' : 'red', issues };
}
