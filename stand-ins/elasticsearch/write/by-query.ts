import { type JsonObject, toDouble } from '../json/exact.ts';
import { positionsOf } from '../search/execute.ts';
import { type Query } from '../search/query-tree.ts';
import { type Cluster } from '../state/cluster.ts';
import { type StoredDocument } from '../state/documents.ts';
import { type Index } from '../state/index.ts';
import { asItIs } from '../state/target.ts';
import { type Operation } from './operation.ts';
import { type Writer } from './writer.ts';

export interface ByQueryOptions {
  /** `conflicts=proceed`: a document that has changed meanwhile is left alone, and the others are written. */
  readonly proceeds: boolean;
  /** Which of these counts the answer shows, beside `deleted`. */
  readonly counted: readonly ('created' | 'updated')[];
  readonly writer: Writer;
}

export interface ByQueryResult {
  readonly status: number;
  readonly response: JsonObject;
}

/** Documents are written in batches; the first batch with a failure is the last one. */
const BATCH_SIZE = 1_000;

/** Writes once for every document that matches, as searches see them now. */
export function writeByQuery(
  cluster: Cluster,
  indices: readonly Index[],
  query: Query,
  { proceeds, counted, writer }: ByQueryOptions,
  toOperation: (index: Index, document: StoredDocument) => Operation,
): ByQueryResult {
  const startedMs = performance.now();
  const found = matching(cluster, indices, query);
  const counts: Record<string, number> = { created: 0, updated: 0, deleted: 0, noop: 0 };
  const failures: JsonObject[] = [];
  let conflicts = 0;
  let batches = 0;
  let status = 200;
  for (let from = 0; from < found.length && failures.length === 0; from += BATCH_SIZE) {
    batches += 1;
    for (const { index, document } of found.slice(from, from + BATCH_SIZE)) {
      const outcome = writer.write(toOperation(index, document));
      const result = String(outcome.body['result']);
      if (outcome.error === null) counts[result] = (counts[result] ?? 0) + 1;
      else if (outcome.status === 409) conflicts += 1;
      if (outcome.error === null || (outcome.status === 409 && proceeds)) continue;
      status = Math.max(status, outcome.status);
      const { error, id } = outcome;
      failures.push({ index: outcome.index, id, cause: error.fault, status: outcome.status });
    }
  }
  const response = {
    took: Math.round(performance.now() - startedMs),
    timed_out: false,
    total: found.length,
    ...Object.fromEntries(counted.map((name) => [name, counts[name]])),
    deleted: counts['deleted'],
    batches,
    version_conflicts: conflicts,
    noops: counts['noop'],
    retries: { bulk: 0, search: 0 },
    throttled_millis: 0,
    requests_per_second: toDouble(-1),
    throttled_until_millis: 0,
    failures,
  };
  return { status, response };
}

function matching(
  cluster: Cluster,
  indices: readonly Index[],
  query: Query,
): { index: Index; document: StoredDocument }[] {
  return indices.flatMap((index) => {
    index.settle();
    const positions = [...positionsOf(asItIs(index), query, cluster.clock.nowMs())];
    return positions.flatMap((position) => {
      const document = index.documents.log[position];
      return document === undefined ? [] : [{ index, document }];
    });
  });
}
