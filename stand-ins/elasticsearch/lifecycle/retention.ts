import { type JsonObject } from '../json/exact.ts';
import { type Cluster, type DataStream } from '../state/cluster.ts';
import { rollOver } from '../state/create.ts';
import { type Index } from '../state/index.ts';
import { parseTimeMs } from '../text/time.ts';
import { isDue } from './conditions.ts';
import { isManaged, lifecycleDateMs } from './steps.ts';

const DAY_MS = 86_400_000;

/** The age of a write index at its rollover, which the cluster chooses. */
function maxAge(retentionMs: number | null): string {
  if (retentionMs === null || retentionMs > 90 * DAY_MS) return '30d';
  if (retentionMs > 14 * DAY_MS) return '7d';
  return retentionMs > DAY_MS ? '1d' : '1h';
}

/** An error that a test has ordered for this poll. */
function orderedFailure({ lifecycles }: Cluster, { name }: Index): JsonObject | null {
  const ordered = lifecycles.failures.get(name);
  if (ordered === undefined || ordered.left === 0) return null;
  ordered.left -= 1;
  return ordered.info;
}

/**
 * Data stream lifecycle: rolls over, and deletes indices that are older than the retention, unless a policy manages them.
 *
 * @see Elasticsearch reference, `cluster.lifecycle.default.rollover`
 */
export function keepStream(cluster: Cluster, stream: DataStream, nowMs: number): void {
  if (stream.lifecycle === null || stream.lifecycle['enabled'] === false) return;
  for (const index of stream.indices) {
    if (!isManaged(cluster, index)) index.retentionError = orderedFailure(cluster, index);
  }
  if (stream.indices.some(({ retentionError }) => retentionError !== null)) return;
  const { data_retention: retention } = stream.lifecycle;
  const retentionMs =
    typeof retention === 'string' ? parseTimeMs('data_retention', retention) : null;
  const writer = stream.indices.at(-1);
  const conditions = { max_age: maxAge(retentionMs), max_primary_shard_size: '50gb', min_docs: 1 };
  if (writer !== undefined && !isManaged(cluster, writer) && isDue(writer, nowMs, conditions)) {
    rollOver(cluster, stream);
  }
  if (retentionMs === null) return;
  for (const index of stream.indices.slice(0, -1)) {
    if (!isManaged(cluster, index) && nowMs - lifecycleDateMs(index) >= retentionMs)
      cluster.dropIndex(index);
  }
}
