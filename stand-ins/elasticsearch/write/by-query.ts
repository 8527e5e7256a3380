import { type JsonObject, toDouble } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { type StoredDocument } from '../state/documents.ts';
import { type Index } from '../state/index.ts';
import { type Searched } from '../state/target.ts';
import { positionsOf } from '../search/execute.ts';
import { type Query } from '../search/query-tree.ts';
import { type Operation } from './operation.ts';
import { type Outcome, type Writer } from './writer.ts';

/** How the writes of a query go. */
export interface ByQueryOptions {
  readonly query: Query;
  /** `conflicts=proceed`: a document that has changed meanwhile is left alone. */
  readonly proceeds: boolean;
  /** Documents are written in batches; the first one with a failure is the last. */
  readonly batchSize: number;
  readonly maxDocs: number | null;
  readonly requestsPerSecond: number;
}

export interface ByQueryResult {
  readonly status: number;
  /** As the progress of the task shows it. */
  readonly progress: JsonObject;
  readonly response: JsonObject;
}

/**
 * Writes once for every document that matches, as searches see them now.
 *
 * @param counted which of `created` and `updated` the answer shows, beside `deleted`
 * @param toOperation the write for a document that was found
 */
export function writeByQuery(
  cluster: Cluster,
  targets: readonly Searched[],
  options: ByQueryOptions,
  counted: readonly ('created' | 'updated')[],
  writer: Writer,
  toOperation: (index: Index, document: StoredDocument) => Operation,
): ByQueryResult {
  const startedMs = performance.now();
  const found = matching(cluster, targets, options);
  const counts: Record<string, number> = { created: 0, updated: 0, deleted: 0, noop: 0 };
  const failures: JsonObject[] = [];
  let conflicts = 0;
  let batches = 0;
  for (let from = 0; from < found.length && failures.length === 0; from += options.batchSize) {
    batches += 1;
    for (const { index, document } of found.slice(from, from + options.batchSize)) {
      const outcome = writer.write(toOperation(index, document));
      if (outcome.error === null) {
        const result = String(outcome.body['result']);
        counts[result] = (counts[result] ?? 0) + 1;
        continue;
      }
      if (outcome.status === 409) conflicts += 1;
      if (outcome.status !== 409 || !options.proceeds) failures.push(toFailure(outcome));
    }
  }
  const progress = {
    total: found.length,
    ...Object.fromEntries(
      ['updated', 'created']
        .filter((name) => counted.includes(name as 'created'))
        .map((name) => [name, counts[name]]),
    ),
    deleted: counts['deleted'],
    batches,
    version_conflicts: conflicts,
    noops: counts['noop'],
    retries: { bulk: 0, search: 0 },
    throttled_millis: 0,
    requests_per_second: toDouble(options.requestsPerSecond),
    throttled_until_millis: 0,
  };
  const took = Math.round(performance.now() - startedMs);
  const status = failures.reduce((most, { status: one }) => Math.max(most, Number(one)), 200);
  return { status, progress, response: { took, timed_out: false, ...progress, failures } };
}

function matching(
  cluster: Cluster,
  targets: readonly Searched[],
  { query, maxDocs }: ByQueryOptions,
): { index: Index; document: StoredDocument }[] {
  const found: { index: Index; document: StoredDocument }[] = [];
  for (const target of targets) {
    const { index } = target;
    index.settleForSearch();
    for (const position of positionsOf(target, query, cluster.clock.nowMs())) {
      const document = index.documents.log[position];
      if (document !== undefined) found.push({ index, document });
    }
  }
  return found.slice(0, maxDocs ?? found.length);
}

function toFailure({ index, id, status, error }: Outcome): JsonObject {
  return { index, id, cause: error?.fault, status };
}
